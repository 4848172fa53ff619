import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

const CLIENT = 'plimsoll'
const SECRET = 'of the client: with +/%&'

/**
 * An OpenID Connect provider on loopback, with keys of its own: it keeps codes for one use and holds them to their PKCE
 * challenge, as a real one does. What it puts into a token can be twisted, to see that it is noticed.
 */
export async function startIssuer(host = '127.0.0.1') {
  const key = await generateKeyPair('ES256', { extractable: true })
  const stranger = await generateKeyPair('ES256')
  const codes = new Map<string, URLSearchParams>()
  const twist: {
    claims: JWTPayload
    signedByStranger: boolean
    unsigned: boolean
    nonce: string | null
    issuer: string | null
    audience: string | string[]
    expires: string
    calls: number
  } = {
    claims: {},
    signedByStranger: false,
    unsigned: false,
    nonce: null,
    issuer: null,
    audience: CLIENT,
    expires: '5m',
    calls: 0,
  }
  const straight = { ...twist }
  let url = ''

  const tokenFor = async (asked: URLSearchParams): Promise<string> => {
    const claims = { sub: 'u-1', name: 'Ada', nonce: twist.nonce ?? asked.get('nonce')!, ...twist.claims }
    if (twist.unsigned) {
      const now = Math.floor(Date.now() / 1000)
      const whole = { ...claims, iss: url, aud: CLIENT, iat: now, exp: now + 300 }
      const part = (it: object): string => Buffer.from(JSON.stringify(it)).toString('base64url')
      return `${part({ alg: 'none' })}.${part(whole)}.`
    }
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(twist.issuer ?? url)
      .setAudience(twist.audience)
      .setIssuedAt()
      .setExpirationTime(twist.expires)
      .sign((twist.signedByStranger ? stranger : key).privateKey)
  }

  const answer = async (
    request: IncomingMessage,
  ): Promise<{ status: number; json?: unknown; to?: string }> => {
    const at = new URL(request.url!, url)
    twist.calls++
    switch (at.pathname) {
      case '/.well-known/openid-configuration':
        return {
          status: 200,
          json: {
            issuer: url,
            authorization_endpoint: `${url}/authorize`,
            token_endpoint: `${url}/token`,
            jwks_uri: `${url}/keys`,
          },
        }
      case '/keys':
        return {
          status: 200,
          json: { keys: [{ ...(await exportJWK(key.publicKey)), kid: 'k1', alg: 'ES256' }] },
        }
      case '/authorize': {
        const code = randomBytes(8).toString('hex')
        codes.set(code, at.searchParams)
        const back = new URL(at.searchParams.get('redirect_uri')!)
        back.searchParams.set('code', code)
        back.searchParams.set('state', at.searchParams.get('state')!)
        back.searchParams.set('iss', url)
        return { status: 302, to: back.href }
      }
      case '/token': {
        const form = new URLSearchParams(await bodyOf(request))
        const asked = codes.get(form.get('code') ?? '')
        codes.delete(form.get('code') ?? '')
        const isFit =
          asked !== undefined &&
          asked.get('redirect_uri') === form.get('redirect_uri') &&
          asked.get('code_challenge') ===
            createHash('sha256').update(form.get('code_verifier')!).digest('base64url') &&
          isOurClient(request.headers.authorization)
        return isFit
          ? {
              status: 200,
              json: { access_token: 'unused', token_type: 'Bearer', id_token: await tokenFor(asked) },
            }
          : { status: 400, json: { error: 'invalid_grant' } }
      }
      default:
        return { status: 404, json: {} }
    }
  }

  const server = createServer(async (request, response) => {
    const { status, json, to } = await answer(request)
    response.writeHead(status, { 'content-type': 'application/json', ...(to ? { location: to } : {}) })
    response.end(json === undefined ? '' : JSON.stringify(json))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://${host}:${(server.address() as AddressInfo).port}`
  return {
    url,
    clientId: CLIENT,
    clientSecret: SECRET,
    twist,
    straighten: () => void Object.assign(twist, straight, { claims: {} }),
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

function isOurClient(authorization: string | undefined): boolean {
  const [id, secret] = Buffer.from(authorization?.slice('Basic '.length) ?? '', 'base64')
    .toString()
    .split(':')
  const read = (text: string | undefined): string | null => new URLSearchParams(`_=${text ?? ''}`).get('_')
  return read(id) === CLIENT && read(secret) === SECRET
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
