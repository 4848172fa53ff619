import * as z from 'zod'
import { jsonOrUndefined } from '../../../shared/kernel/json-or-undefined.ts'
import { AccessToken } from '../access-token.ts'
import { callChannel, type ChannelAnswer, refusalOfAll } from '../call-channel.ts'
import { type Delivered, DeliveryFault, type Destination, wholeUnits } from '../destination.ts'

/** A seller's account at Amazon, by the Selling Partner API. */
export const AmazonConfig = z.strictObject({
  kind: z.literal('amazon'),
  /** The endpoint of the seller's region: `https://sellingpartnerapi-eu.amazon.com`. */
  url: z.url({ protocol: /^https?$/ }),
  /** Where Login with Amazon gives out tokens. */
  tokenUrl: z.url({ protocol: /^https?$/ }).default('https://api.amazon.com/auth/o2/token'),
  clientId: z.string().min(8),
  clientSecret: z.string().min(8),
  refreshToken: z.string().min(8),
  sellerId: z.string().regex(/^[A-Z0-9]{6,32}$/),
  marketplaceId: z.string().regex(/^[A-Z0-9]{6,32}$/),
  /** Listings are patched in what all product types have in common. */
  productType: z.string().min(1).max(64).default('PRODUCT'),
})
export type AmazonConfig = z.infer<typeof AmazonConfig>

/** What the seller sends itself. What Amazon sends for it (`AMAZON_…`) Amazon counts itself. */
const OWN_FULFILMENT = 'DEFAULT'
const AGENT = 'Plimsoll/1 (Language=TypeScript)'

/** `patchListingsItem`: merges the quantity into the listing and leaves its other terms as they are. One sku a call. */
export function amazon(config: AmazonConfig): Destination {
  const { url, tokenUrl, clientId, clientSecret, refreshToken, sellerId, marketplaceId, productType } = config
  const token = new AccessToken({
    url: tokenUrl,
    headers: {},
    form: {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      client_secret: clientSecret,
    },
  })
  return {
    kind: 'amazon',
    batchMax: 1,
    limits: { perSecond: 5, burst: 5, concurrency: 1 },
    byNode: false,
    send: async ([it], _key, now) => {
      const { figure, codes } = it!
      const quantity = wholeUnits(figure.availableToSell, figure)
      const value = [{ fulfillment_channel_code: OWN_FULFILMENT, quantity }]
      const patches = [{ op: 'merge', path: '/attributes/fulfillment_availability', value }]
      for (const code of codes) {
        const path = `/listings/2021-08-01/items/${sellerId}/${encodeURIComponent(code)}`
        const answer = await callChannel(new URL(`${path}?marketplaceIds=${marketplaceId}`, url), {
          method: 'PATCH',
          headers: {
            accept: 'application/json',
            'content-type': 'application/json',
            'user-agent': AGENT,
            'x-amz-access-token': await token.get(now),
          },
          body: JSON.stringify({ productType, patches }),
        })
        if (answer.status === 403) token.drop()
        const refused =
          unknownListing(answer, figure.sku) ?? refusalOfAll(answer, now) ?? readAnswer(answer, figure.sku)
        if (refused) return refused
      }
      return { taken: [figure.sku], refused: [] }
    },
  }
}

const Errors = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string() })) })

/** Of a listing that it does not have it says 404, which of an address would be a fault. */
function unknownListing({ status, text }: ChannelAnswer, sku: string): Delivered | null {
  if (status !== 404) return null
  const said = Errors.safeParse(jsonOrUndefined(text))
  const [first] = said.success ? said.data.errors : []
  return first ? { taken: [], refused: [{ sku, code: first.code, detail: first.message }] } : null
}

const Submission = z.object({
  status: z.enum(['ACCEPTED', 'INVALID', 'VALID']),
  issues: z.array(z.object({ code: z.string(), message: z.string(), severity: z.string() })).default([]),
})

/** Null of one that was accepted: warnings stop nothing. */
function readAnswer({ text }: ChannelAnswer, sku: string): Delivered | null {
  const said = Submission.safeParse(jsonOrUndefined(text))
  if (!said.success) throw new DeliveryFault('an answer that says nothing of a submission')
  const { status, issues } = said.data
  if (status !== 'INVALID') return null
  const errors = issues.filter(({ severity }) => severity === 'ERROR')
  const detail = (errors.length > 0 ? errors : issues)
    .map(({ code, message }) => `${code} ${message}`)
    .join('; ')
  return { taken: [], refused: [{ sku, code: errors[0]?.code ?? 'INVALID', detail }] }
}
