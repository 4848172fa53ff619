import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, ChannelReceiver, type Received } from '../../../tests/support/channel-receiver.ts'
import { DeliveryFault } from '../destination.ts'
import { outgoing } from '../given.ts'
import { amazon, AmazonConfig } from './amazon.ts'

const NOW = Date.parse('2026-11-29T10:00:00.000Z')

type Patch = { productType: string; patches: { op: string; path: string; value: { quantity: number }[] }[] }

/** The Listings Items API (2021-08-01) as it documents itself, with Login with Amazon before it. */
class Seller {
  tokens = 0
  readonly listings = new Map<string, number | null>([['TEA/1', null]])

  answer = ({ method, path, headers, body }: Received): Answer => {
    if (path === '/auth/o2/token') {
      const form = new URLSearchParams(body)
      if (form.get('grant_type') !== 'refresh_token' || form.get('refresh_token') !== 'Atzr|refresh')
        return { status: 400, body: { error: 'invalid_grant' } }
      this.tokens++
      return { body: { access_token: `Atza|${this.tokens}`, token_type: 'bearer', expires_in: 3600 } }
    }
    if (headers['x-amz-access-token'] !== `Atza|${this.tokens}`)
      return {
        status: 403,
        body: { errors: [{ code: 'Unauthorized', message: 'Access to requested resource is denied.' }] },
      }
    const { pathname, searchParams } = new URL(path, 'http://amazon')
    const sku = decodeURIComponent(
      /^\/listings\/2021-08-01\/items\/A1SELLER\/([^/]+)$/.exec(pathname)?.[1] ?? '',
    )
    if (method !== 'PATCH' || searchParams.get('marketplaceIds') !== 'A1PA6795UKMFR9')
      return { status: 400, body: { errors: [{ code: 'InvalidInput', message: 'no' }] } }
    if (!this.listings.has(sku))
      return { status: 404, body: { errors: [{ code: 'NOT_FOUND', message: `SKU ${sku} not found` }] } }
    const { patches } = JSON.parse(body) as Patch
    this.listings.set(sku, patches[0]!.value[0]!.quantity)
    return { body: { sku, status: 'ACCEPTED', submissionId: 's1', issues: [] } }
  }
}

let receiver: ChannelReceiver
let seller: Seller
beforeAll(async () => {
  receiver = await ChannelReceiver.start()
})
beforeEach(() => {
  seller = new Seller()
  receiver.answer = seller.answer
})
afterAll(() => receiver.stop())
const to = (more: object = {}) =>
  amazon(
    AmazonConfig.parse({
      kind: 'amazon',
      url: receiver.url,
      tokenUrl: `${receiver.url}/auth/o2/token`,
      clientId: 'amzn1.application-oa2-client.1',
      clientSecret: 'amzn1.oa2-cs.v1.1',
      refreshToken: 'Atzr|refresh',
      sellerId: 'A1SELLER',
      marketplaceId: 'A1PA6795UKMFR9',
      ...more,
    }),
  )
const one = outgoing('X', 9, { codes: ['TEA/1'] })

describe('Amazon is told', () => {
  test('the quantity alone, merged into what the seller sends itself', async () => {
    const it = to()
    expect(await it.send([one], 'k', NOW)).toEqual({ taken: ['X'], refused: [] })
    expect(seller.listings.get('TEA/1')).toBe(9)
    expect(JSON.parse(receiver.received.at(-1)!.body)).toEqual({
      productType: 'PRODUCT',
      patches: [
        {
          op: 'merge',
          path: '/attributes/fulfillment_availability',
          value: [{ fulfillment_channel_code: 'DEFAULT', quantity: 9 }],
        },
      ],
    })
    await it.send([one], 'k', NOW)
    expect(seller.tokens).toBe(1)
    await it.send([one], 'k', NOW + 3_600_000)
    expect(seller.tokens).toBe(2)
  })
})

describe('what Amazon will not have', () => {
  test('is a listing that is not there', async () => {
    expect(await to().send([outgoing('Y', 1)], 'k', NOW)).toEqual({
      taken: [],
      refused: [{ sku: 'Y', code: 'NOT_FOUND', detail: 'SKU Y not found' }],
    })
  })

  test('is a submission that is invalid, for its errors; its warnings stop nothing', async () => {
    const it = to()
    await it.send([one], 'k', NOW)
    const issues = [
      { code: '18027', message: 'an image is small', severity: 'WARNING' },
      { code: '4000003', message: 'fulfillment_channel_code is not allowed', severity: 'ERROR' },
    ]
    receiver.answer = () => ({ body: { sku: 'TEA/1', status: 'INVALID', submissionId: 's', issues } })
    expect(await it.send([one], 'k', NOW)).toEqual({
      taken: [],
      refused: [{ sku: 'X', code: '4000003', detail: '4000003 fulfillment_channel_code is not allowed' }],
    })
    receiver.answer = () => ({
      body: { sku: 'TEA/1', status: 'ACCEPTED', submissionId: 's', issues: issues.slice(0, 1) },
    })
    expect((await it.send([one], 'k', NOW)).taken).toEqual(['X'])
  })

  test('too fast comes without a time at times: a second later', async () => {
    const it = to()
    await it.send([one], 'k', NOW)
    receiver.answer = () => ({
      status: 429,
      body: { errors: [{ code: 'QuotaExceeded', message: 'You exceeded your quota' }] },
    })
    expect((await it.send([one], 'k', NOW)).busy?.retryAfterMs).toBe(1_000)
  })

  test('for a token that has run out is a fault, and the next try has another', async () => {
    const it = to()
    await it.send([one], 'k', NOW)
    seller.tokens++
    await expect(it.send([one], 'k', NOW)).rejects.toThrow('HTTP 403')
    expect((await it.send([one], 'k', NOW)).taken).toEqual(['X'])
  })

  test('for a wrong grant is a fault that does not repeat what was sent', async () => {
    const fault = await to({ refreshToken: 'Atzr|another' })
      .send([one], 'k', NOW)
      .catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(DeliveryFault)
    expect(String(fault)).not.toContain('Atzr')
  })
})
