import { createHash, createHmac } from 'node:crypto'
import type { SourceProfile } from '../../shared/domain/master-data.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { secretEquals } from '../../shared/node/secrets.ts'

/**
 * Where vendors put the HMAC-SHA256 of the raw body, and how they write it. One of them has to be there and right when
 * the source has a secret and its profile names no other.
 */
const HEADERS: readonly {
  readonly name: string
  readonly encoding: 'base64' | 'hex'
  readonly prefix: string
}[] = [
  { name: 'x-plimsoll-signature-256', encoding: 'hex', prefix: 'sha256=' },
  { name: 'x-hub-signature-256', encoding: 'hex', prefix: 'sha256=' },
  { name: 'x-shopify-hmac-sha256', encoding: 'base64', prefix: '' },
  { name: 'shopify-hmac-sha256', encoding: 'base64', prefix: '' },
  { name: 'x-wc-webhook-signature', encoding: 'base64', prefix: '' },
]

/** Walmart signs what was asked, when and where, and the body's digest: base64 of the HMAC-SHA256. */
const WALMART = { signature: 'wm_sec.signature', timestamp: 'wm_sec.timestamp' }
/** A recorded delivery is good for so long, in either direction of a clock that is wrong. */
const WALMART_WINDOW_MS = 300_000

export type SignedRequest = {
  readonly method: string
  /** With its query, as it was asked for. */
  readonly path: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

type Proof = {
  readonly secret: string
  /** How the source's profile says that it proves itself. */
  readonly signature?: SourceProfile['signature']
  readonly now: Instant
}

/** Whether the request proves that its sender knows the source's secret. */
export function isSigned(request: SignedRequest, { secret, signature, now }: Proof): boolean {
  const { headers, body } = request
  // Whoever forwards a vendor's messages signs as we say, whatever the vendor does.
  const own = signature === undefined ? HEADERS : HEADERS.slice(0, 1)
  const sent = own.find(({ name }) => headers[name] !== undefined)
  if (sent)
    return secretEquals(headers[sent.name]!, sent.prefix + macOf(body, secret).toString(sent.encoding))
  if (signature === undefined)
    return headers[WALMART.signature] !== undefined && isSignedByWalmart(request, secret, now)
  const said = headers[signature.header.toLowerCase()]
  if (said === undefined) return false
  if (signature.by === 'basic') {
    const credentials = Buffer.from(`${signature.user ?? ''}:${secret}`).toString('base64')
    return secretEquals(said.replace(/^basic +/i, ''), credentials)
  }
  const mac = macOf(body, secret)
  return secretEquals(said, mac.toString('base64')) || secretEquals(said.toLowerCase(), mac.toString('hex'))
}

const macOf = (of: Uint8Array | string, secret: string): Buffer =>
  createHmac('sha256', secret).update(of).digest()

/** `METHOD\npath?query\ntimestamp\nsha256 of the body in hex`, the timestamp in seconds. */
function isSignedByWalmart({ method, path, headers, body }: SignedRequest, secret: string, now: Instant) {
  const at = headers[WALMART.timestamp] ?? ''
  if (!/^\d{1,12}$/.test(at) || Math.abs(now - Number(at) * 1000) > WALMART_WINDOW_MS) return false
  const digest = createHash('sha256').update(body).digest('hex')
  const expected = macOf([method.toUpperCase(), path, at, digest].join('\n'), secret).toString('base64')
  return secretEquals(headers[WALMART.signature]!, expected)
}

/** Where a source of this profile may put its proof. */
export const signatureHeaders = (signature?: SourceProfile['signature']): string[] =>
  signature === undefined
    ? [...HEADERS.map(({ name }) => name), WALMART.signature]
    : [HEADERS[0]!.name, signature.header.toLowerCase()]
