import { createHash, hash, hkdfSync, randomBytes } from 'node:crypto'
import { createRemoteJWKSet, EncryptJWT, jwtDecrypt, type JWTPayload, jwtVerify } from 'jose'
import * as z from 'zod'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import { secretEquals } from '../../shared/node/secrets.ts'
import type { OidcConfig } from './access-config.ts'
import { Grants, type Grant } from '../../shared/contract/access-api.ts'
import type { Person } from './role.ts'

/** What we have to know of the provider (OpenID Connect Discovery 1.0). */
const Provider = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
})
type Provider = z.infer<typeof Provider> & { readonly keys: ReturnType<typeof createRemoteJWKSet> }

const Tokens = z.object({ id_token: z.string().max(65_536) })
const UnderWay = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() })

export type OidcRefusal =
  /** It is not the browser that began, or it took too long. */
  | { readonly code: 'not-begun' }
  /** The provider says so: the person declined, say. */
  | { readonly code: 'declined'; readonly detail: string }
  /** The provider's word does not hold. */
  | { readonly code: 'not-proven'; readonly detail: string }
  | { readonly code: 'no-role'; readonly name: string }

/** Never `none`, and never one where a public key would be taken for a shared secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const ANSWER_WITHIN_MS = 5_000
/** As long as a person may take to sign in at the provider. */
export const UNDER_WAY_MS = 600_000
const CLOCKS_DIFFER_S = 30
/** Where the provider's endpoints are is read again after so long. */
const PROVIDER_KNOWN_MS = 3_600_000

/**
 * Signing in at somebody else's: authorization code with PKCE. What the centre has to remember meanwhile travels in a
 * sealed cookie, so that any process can finish what another began, and only in the browser that began it.
 */
export class Oidc {
  readonly label: string
  readonly #config: OidcConfig
  readonly #redirectUri: string
  readonly #seal: Uint8Array
  #provider: { readonly known: Promise<Provider>; readonly until: number } | null = null

  constructor(config: OidcConfig, publicUrl: string, key: string) {
    this.label = config.label
    this.#config = config
    this.#redirectUri = new URL('/session/oidc/callback', publicUrl).href
    this.#seal = new Uint8Array(hkdfSync('sha256', key, '', 'plimsoll oidc under way', 32))
  }

  /** Where to send the browser, and the cookie that it has to bring back. */
  async begin(): Promise<{ location: string; cookie: string }> {
    const { authorization_endpoint } = await this.#known()
    const [state, nonce, verifier] = [chance(), chance(), chance()]
    const location = new URL(authorization_endpoint)
    const asked = {
      response_type: 'code',
      client_id: this.#config.clientId,
      redirect_uri: this.#redirectUri,
      scope: [...new Set(['openid', ...this.#config.scopes])].join(' '),
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(asked)) location.searchParams.set(name, value)
    const cookie = await new EncryptJWT({ state, nonce, verifier })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(new Date(Date.now() + UNDER_WAY_MS))
      .encrypt(this.#seal)
    return { location: location.href, cookie }
  }

  /** What the browser brought back from the provider, and who that makes it. */
  async finish(returned: URLSearchParams, cookie: string | undefined): Promise<Result<Person, OidcRefusal>> {
    const underWay = await this.#opened(cookie)
    if (!underWay || !secretEquals(returned.get('state') ?? '', underWay.state))
      return err({ code: 'not-begun' })
    const declined = returned.get('error')
    if (declined !== null) return err({ code: 'declined', detail: declined.slice(0, 128) })
    // A provider that names itself has to be the one that was asked (RFC 9207).
    const issuer = returned.get('iss')
    if (issuer !== null && issuer !== this.#config.issuer)
      return err({ code: 'not-proven', detail: 'the answer is of another issuer' })
    const code = returned.get('code')
    if (code === null) return err({ code: 'not-proven', detail: 'there is no code' })
    try {
      const claims = await this.#claims(code, underWay)
      return this.#personOf(claims)
    } catch (error) {
      return err({ code: 'not-proven', detail: error instanceof Error ? error.message : String(error) })
    }
  }

  async #claims(code: string, { nonce, verifier }: z.infer<typeof UnderWay>): Promise<JWTPayload> {
    const { keys, token_endpoint } = await this.#known()
    const { issuer, clientId, clientSecret } = this.#config
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.#redirectUri,
      client_id: clientId,
      code_verifier: verifier,
    })
    const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }
    if (clientSecret !== undefined) {
      // RFC 6749 2.3.1: both are form-encoded before they are joined.
      const pair = [clientId, clientSecret].map((text) =>
        new URLSearchParams({ _: text }).toString().slice(2),
      )
      headers['authorization'] = `Basic ${Buffer.from(pair.join(':')).toString('base64')}`
    }
    const answer = await fetch(token_endpoint, { method: 'POST', headers, body: form, ...LIMITED })
    if (!answer.ok) throw new Error(`the provider did not take the code (${answer.status})`)
    const { id_token } = Tokens.parse(await answer.json())
    const { payload } = await jwtVerify(id_token, keys, {
      issuer,
      audience: clientId,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCKS_DIFFER_S,
      requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
    })
    if (!secretEquals(String(payload['nonce']), nonce)) throw new Error('the token is of another sign-in')
    const azp = payload['azp']
    if (azp !== undefined ? azp !== clientId : Array.isArray(payload.aud) && payload.aud.length > 1)
      throw new Error('the token was made for another client')
    return payload
  }

  #personOf(claims: JWTPayload): Result<Person, OidcRefusal> {
    const told = claims[this.#config.nameClaim]
    const name = (typeof told === 'string' && told !== '' ? told : claims.sub!).slice(0, 128)
    const grants: Grant[] = this.#config.grants
      .filter(({ claim, value }) => hasValue(claims, claim, value))
      .map(({ role, regions }) => ({ role, regions }))
    if (grants.length === 0) return err({ code: 'no-role', name })
    // A long `sub` is cut to its hash: it names, and is never shown.
    const sub = claims.sub!.length <= 100 ? claims.sub! : hash('sha256', claims.sub!, 'hex')
    return ok({ id: `oidc:${sub}`, name, via: 'oidc', grants: Grants.parse(grants.slice(0, 20)) })
  }

  async #opened(cookie: string | undefined): Promise<z.infer<typeof UnderWay> | null> {
    if (cookie === undefined) return null
    try {
      const { payload } = await jwtDecrypt(cookie, this.#seal, {
        contentEncryptionAlgorithms: ['A256GCM'],
        keyManagementAlgorithms: ['dir'],
      })
      return UnderWay.parse(payload)
    } catch {
      return null
    }
  }

  #known(): Promise<Provider> {
    const now = performance.now()
    if (this.#provider === null || this.#provider.until < now) {
      const known = discover(this.#config.issuer)
      this.#provider = { known, until: now + PROVIDER_KNOWN_MS }
      // What failed is asked again the next time.
      known.catch(() => (this.#provider = null))
    }
    return this.#provider.known
  }
}

const LIMITED = {
  redirect: 'error',
  get signal() {
    return AbortSignal.timeout(ANSWER_WITHIN_MS)
  },
} as const

async function discover(issuer: string): Promise<Provider> {
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { ...LIMITED })
  if (!answer.ok) throw new Error(`the provider does not tell its configuration (${answer.status})`)
  const provider = Provider.parse(await answer.json())
  if (provider.issuer !== issuer) throw new Error(`the provider calls itself ${provider.issuer}`)
  const keys = createRemoteJWKSet(new URL(provider.jwks_uri), { timeoutDuration: ANSWER_WITHIN_MS })
  return { ...provider, keys }
}

/** `realm_access.roles` goes down into objects, unless a claim is called just so. */
function hasValue(claims: JWTPayload, path: string, value: string): boolean {
  const found = Object.hasOwn(claims, path)
    ? claims[path]
    : path
        .split('.')
        .reduce<unknown>(
          (at, name) =>
            at !== null && typeof at === 'object' && Object.hasOwn(at, name)
              ? (at as Record<string, unknown>)[name]
              : undefined,
          claims,
        )
  return Array.isArray(found) ? found.includes(value) : found === value
}

const chance = (): string => randomBytes(32).toString('base64url')
