import * as z from 'zod'
import { Grant } from '../../shared/contract/access-api.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Keys and codes travel to these: in the clear only where nobody is between. */
const SafeUrl = z.url({ protocol: /^https?$/ }).refine((text) => {
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || LOOPBACK.has(hostname)
}, 'has to be https, except on loopback')

export const OidcConfig = z.strictObject({
  /** As the provider names itself; its configuration is read from under it. */
  issuer: SafeUrl,
  clientId: z.string().min(1).max(512),
  /** A public client has none: PKCE protects the code either way. */
  clientSecret: z.string().min(1).max(1024).optional(),
  /** What the button says. */
  label: z.string().min(1).max(64).default('Single sign-on'),
  scopes: z.array(z.string().min(1).max(128)).max(20).default(['openid', 'profile', 'email']),
  /** The claim that a person is shown by. Who it is is always `sub`. */
  nameClaim: z.string().min(1).max(128).default('name'),
  /** Who has none of these may not come in. A claim that is a list has a value when the list has it. */
  grants: z
    .array(
      z.strictObject({
        /** `groups`, or a path such as `realm_access.roles`. */
        claim: z.string().min(1).max(256),
        value: z.string().min(1).max(512),
        ...Grant.shape,
      }),
    )
    .min(1)
    .max(200),
})
export type OidcConfig = z.infer<typeof OidcConfig>

export const AccessConfig = z
  .strictObject({
    /** Where browsers find the centre, when it is not the address they call it by (a proxy before it). */
    publicUrl: SafeUrl.optional(),
    oidc: OidcConfig.optional(),
    /** How many proxies stand before the centre: so many entries of X-Forwarded-For, from its end, are ours. */
    proxies: z.number().int().min(0).max(10).default(0),
  })
  .refine(({ publicUrl, oidc }) => !oidc || publicUrl !== undefined, {
    path: ['publicUrl'],
    message: 'the provider sends browsers back to it: say it where there is oidc',
  })
export type AccessConfig = z.infer<typeof AccessConfig>
