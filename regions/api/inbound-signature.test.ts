import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isSigned as isSignedRequest } from './inbound-signature.ts'

const body = new TextEncoder().encode('ISA*00*~')
const secret = 'a-secret-of-a-partner'
const NOW = 1_790_000_000_000
type Asked = Partial<Parameters<typeof isSignedRequest>[0]>
type Profile = Parameters<typeof isSignedRequest>[1]['signature']
const isSignedAs = (headers: Record<string, string>, signature: Profile, asked: Asked = {}): boolean =>
  isSignedRequest(
    { method: 'POST', path: '/v1/inbound/walmart?a=1', body, headers, ...asked },
    { secret, signature, now: NOW },
  )
const isSigned = (of: Uint8Array, headers: Record<string, string>, key: string): boolean =>
  isSignedRequest({ method: 'POST', path: '/', headers, body: of }, { secret: key, now: NOW })
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

describe('a delivery of Walmart', () => {
  const signedAt = (seconds: number, path = '/v1/inbound/walmart?a=1') => {
    const digest = createHash('sha256').update(body).digest('hex')
    const signature = createHmac('sha256', secret)
      .update(`POST\n${path}\n${seconds}\n${digest}`)
      .digest('base64')
    return { 'wm_sec.timestamp': String(seconds), 'wm_sec.signature': signature }
  }
  const now = NOW / 1000

  test('that is signed with its time and place is let in, for five minutes', () => {
    expect(isSignedAs(signedAt(now), undefined)).toBe(true)
    expect([now - 300, now + 300].map((at) => isSignedAs(signedAt(at), undefined))).toEqual([true, true])
    expect([now - 301, now + 301].map((at) => isSignedAs(signedAt(at), undefined))).toEqual([false, false])
  })

  test.each<[string, Record<string, string>, Asked]>([
    ['for another place', signedAt(now, '/v1/inbound/other'), {}],
    ['by another method', signedAt(now), { method: 'PUT' }],
    ['of another body', signedAt(now), { body: new Uint8Array([1]) }],
    ['with its time changed', { ...signedAt(now), 'wm_sec.timestamp': String(now + 1) }, {}],
    ['without its time', { 'wm_sec.signature': signedAt(now)['wm_sec.signature'] }, {}],
    ['with a time that is none', { ...signedAt(now), 'wm_sec.timestamp': 'now' }, {}],
  ])('signed %s is not', (_, headers, asked) => expect(isSignedAs(headers, undefined, asked)).toBe(false))

  const hmac = { by: 'hmac', header: 'X-Our-Sign' } as const
  const basic = { by: 'basic', header: 'Authorization', user: 'walmart' } as const
  const credentials = (text: string): string => Buffer.from(text).toString('base64')

  test.each<[string, Profile, Record<string, string>]>([
    ['an HMAC in base64', hmac, { 'x-our-sign': mac('base64') }],
    ['an HMAC in hex', hmac, { 'x-our-sign': mac('hex').toUpperCase() }],
    ['a user and the secret', basic, { authorization: credentials(`walmart:${secret}`) }],
    ['the same as browsers write it', basic, { authorization: `Basic ${credentials(`walmart:${secret}`)}` }],
    ['our own signature, of a forwarder', basic, { 'x-plimsoll-signature-256': `sha256=${mac('hex')}` }],
  ])('may prove itself by the header of its subscription: %s', (_, profile, headers) =>
    expect(isSignedAs(headers, profile)).toBe(true),
  )

  test.each<[string, Profile, Record<string, string>]>([
    ['an HMAC of other bytes', hmac, { 'x-our-sign': mac('hex', new Uint8Array([1])) }],
    ['an HMAC in a header that was not chosen', hmac, { 'x-wc-webhook-signature': mac('base64') }],
    ['the secret where an HMAC is due', hmac, { 'x-our-sign': credentials(`:${secret}`) }],
    ['another user', basic, { authorization: credentials(`other:${secret}`) }],
    ['another password', basic, { authorization: credentials('walmart:guessed') }],
    ['nothing', basic, {}],
    ['an HMAC where a password is due', basic, { authorization: mac('base64') }],
  ])('that shows %s is not let in', (_, profile, headers) => expect(isSignedAs(headers, profile)).toBe(false))
})
