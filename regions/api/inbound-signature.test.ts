import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isSigned } from './inbound-signature.ts'

const body = new TextEncoder().encode('ISA*00*~')
const secret = 'a-secret-of-a-partner'
const mac = (encoding: 'hex' | 'base64', of: Uint8Array = body): string =>
  createHmac('sha256', secret).update(of).digest(encoding)

test.each([
  ['x-plimsoll-signature-256', `sha256=${mac('hex')}`],
  ['x-hub-signature-256', `sha256=${mac('hex')}`],
  ['x-shopify-hmac-sha256', mac('base64')],
  ['shopify-hmac-sha256', mac('base64')],
  ['x-wc-webhook-signature', mac('base64')],
])('a body signed in %s is let in', (header, value) => {
  expect(isSigned(body, { [header]: value }, secret)).toBe(true)
})

test.each([
  ['no signature', {}],
  ['an empty one', { 'x-hub-signature-256': '' }],
  ['one of other bytes', { 'x-hub-signature-256': `sha256=${mac('hex', new Uint8Array([1]))}` }],
  ['one with something behind it', { 'x-shopify-hmac-sha256': `${mac('base64')}x` }],
])('a body with %s is not', (_name, headers) => {
  expect(isSigned(body, headers, secret)).toBe(false)
})

test('Shopify’s own example is right', () => {
  const file = new URL('../connectors/shopify/samples/hmac-test-vector.json', import.meta.url)
  const example = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
  const headers = { 'x-shopify-hmac-sha256': example['X-Shopify-Hmac-Sha256']! }
  const signed = (text: string): boolean =>
    isSigned(new TextEncoder().encode(text), headers, example['secret']!)
  expect([signed(example['rawBody']!), signed(`${example['rawBody']} `)]).toEqual([true, false])
})
