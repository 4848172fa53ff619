import { createHmac } from 'node:crypto'
import { secretEquals } from '../../shared/node/secrets.ts'

/**
 * Where vendors put the HMAC-SHA256 of the raw body, and how they write it. One of them has to be there and right when
 * the source has a secret.
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

/** Whether the body was signed with the secret, over its very bytes. */
export function isSigned(
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  secret: string,
): boolean {
  const sent = HEADERS.find(({ name }) => headers[name] !== undefined)
  if (!sent) return false
  const expected = sent.prefix + createHmac('sha256', secret).update(body).digest(sent.encoding)
  return secretEquals(headers[sent.name]!, expected)
}

export const SIGNATURE_HEADERS = HEADERS.map(({ name }) => name)
