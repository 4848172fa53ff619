import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ChannelReceiver } from '../../../tests/support/channel-receiver.ts'
import { DeliveryFault } from '../destination.ts'
import { outgoing } from '../given.ts'
import { webhook, WebhookConfig } from './webhook.ts'

const KEY = Buffer.from('a secret of 32 bytes for testing')
const NOW = Date.parse('2026-11-29T10:00:00.000Z')
let receiver: ChannelReceiver
const send = (...batch: Parameters<ReturnType<typeof webhook>['send']>[0]) =>
  webhook(
    WebhookConfig.parse({ kind: 'webhook', url: receiver.url, secret: `whsec_${KEY.toString('base64')}` }),
  ).send(batch, 'key-1', NOW)

beforeAll(async () => {
  receiver = await ChannelReceiver.start()
})
afterAll(() => receiver.stop())

describe('a webhook', () => {
  test('is told every figure under its own codes, signed', async () => {
    receiver.answer = () => ({})
    const places = new Map([['ber1', 'FC1']])
    const nodes = [{ node: 'ber1' as never, availableToSell: 4 }]
    const sent = await send(
      outgoing('X', 4, { codes: ['A', 'B'], places, figure: { nodes } }),
      outgoing('Y', 0),
    )
    expect(sent).toEqual({ taken: ['X', 'Y'], refused: [] })
    const { headers, body } = receiver.received.at(-1)!
    const told = {
      decimals: 0,
      epoch: 3,
      version: 41,
      asOf: '2026-11-29T10:00:00.000Z',
      freshness: 'fresh',
      reasons: [],
    }
    const atNodes = { nodes: [{ node: 'FC1', availableToSell: 4 }] }
    expect(JSON.parse(body)).toEqual({
      region: 'eu',
      channel: 'shop',
      figures: [
        { sku: 'A', availableToSell: 4, ...told, ...atNodes },
        { sku: 'B', availableToSell: 4, ...told, ...atNodes },
        { sku: 'Y', availableToSell: 0, ...told },
      ],
    })
    const signature = createHmac('sha256', KEY).update(`key-1.1795946400.${body}`).digest('base64')
    expect(headers).toMatchObject({
      'webhook-id': 'key-1',
      'webhook-timestamp': '1795946400',
      'webhook-signature': `v1,${signature}`,
    })
  })

  test('refuses skus by name, and has taken the rest', async () => {
    receiver.answer = () => ({ body: { refused: [{ sku: 'A', code: 'gone', detail: 'not listed' }] } })
    expect(await send(outgoing('X', 4, { codes: ['A'] }), outgoing('Y', 1))).toEqual({
      taken: ['Y'],
      refused: [{ sku: 'X', code: 'gone', detail: 'not listed' }],
    })
  })

  test.each([
    [{ status: 429, headers: { 'retry-after': '7' } }, { busy: { retryAfterMs: 7_000, detail: 'HTTP 429' } }],
    [
      { status: 503, headers: { 'retry-after': 'Sun, 29 Nov 2026 10:00:30 GMT' } },
      { busy: { retryAfterMs: 30_000, detail: 'HTTP 503' } },
    ],
    [{ status: 422, body: 'why' }, { unfit: { code: 'http-422', detail: 'HTTP 422 why' } }],
  ])('that answers %j took nothing', async (answer, said) => {
    receiver.answer = () => answer
    expect(await send(outgoing('X', 4))).toEqual({ taken: [], refused: [], ...said })
  })

  test.each([401, 403, 404, 500, 302])(
    'that answers %i is a fault: somebody has to mend it',
    async (status) => {
      receiver.answer = () => ({ status })
      await expect(send(outgoing('X', 4))).rejects.toThrow(DeliveryFault)
    },
  )

  test('that is not there is a fault', async () => {
    const gone = webhook(
      WebhookConfig.parse({
        kind: 'webhook',
        url: 'http://127.0.0.1:9',
        secret: `whsec_${KEY.toString('base64')}`,
      }),
    )
    await expect(gone.send([outgoing('X', 4)], 'key', NOW)).rejects.toThrow(DeliveryFault)
  })
})
