import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ChannelReceiver } from '../../../tests/support/channel-receiver.ts'
import { anyCodes, message } from '../../connectors/given.ts'
import { x12Connector } from '../../connectors/x12/x12.ts'
import { outgoing } from '../given.ts'
import { inventoryAdvice, x12, X12Config } from './x12-846.ts'

const NOW = Date.parse('2026-11-29T10:05:00.000Z')
const config = (more: object = {}): X12Config =>
  X12Config.parse({
    kind: 'x12',
    url: 'http://127.0.0.1:9',
    sender: { id: 'PLIMSOLL' },
    receiver: { qualifier: '01', id: '123456789' },
    ...more,
  })
/** As our own reader of a partner’s 846 takes it. */
const read = (document: string, more: object = {}) => {
  const said = x12Connector.translate(
    message(document),
    anyCodes({ defaultNode: 'home', profile: { quantityStates: { '33': 'onHand' } }, ...more }),
  )
  const counts = said.events.map((event) =>
    event.type === 'plimsoll.stock.counted'
      ? [event.subject, event.data.node, event.data.states.onHand]
      : event.type,
  )
  return { ...said, counts }
}

describe('an 846', () => {
  test('is written as the standard has it', () => {
    const batch = [
      outgoing('X', 12, { codes: ['TEA-1'], sequence: 81 }),
      outgoing('Y', 0, { sequence: 1_000_000_090 }),
    ]
    expect(inventoryAdvice(config(), batch, NOW).split('\n')).toEqual([
      'ISA*00*          *00*          *ZZ*PLIMSOLL       *01*123456789      *261129*1005*U*00401*000000090*0*P*>~',
      'GS*IB*PLIMSOLL*123456789*20261129*1005*90*X*004010~',
      'ST*846*0001~',
      'BIA*00*SI*000000090*20261129*1005~',
      'LIN*1*VN*TEA-1~',
      'QTY*33*12*EA~',
      'LIN*2*VN*Y~',
      'QTY*33*0*EA~',
      'CTT*2~',
      'SE*8*0001~',
      'GE*1*90~',
      'IEA*1*000000090~',
      '',
    ])
  })

  test('is read as it was meant, by item and by warehouse', () => {
    const plain = read(inventoryAdvice(config(), [outgoing('X', 12), outgoing('Y', 0)], NOW))
    expect([plain.counts, plain.refusals, plain.warnings]).toEqual([
      [
        ['X', 'home', 12],
        ['Y', 'home', 0],
      ],
      [],
      [],
    ])
    const places = new Map([
      ['ber1', 'W1'],
      ['muc1', 'W2'],
    ])
    const nodes = [{ node: 'muc1' as never, availableToSell: 7 }]
    const byNode = inventoryAdvice(
      config({ byNode: true }),
      [outgoing('X', 7, { places, figure: { nodes } })],
      NOW,
    )
    const { counts, refusals } = read(byNode)
    expect([counts, refusals]).toEqual([
      [
        ['X', 'W1', 0],
        ['X', 'W2', 7],
      ],
      [],
    ])
  })

  test('states measured goods as the decimals that they are', () => {
    const document = (units: number): string =>
      inventoryAdvice(config({ unit: 'KG' }), [outgoing('X', units, { figure: { decimals: 3 } })], NOW)
    expect([12_500, 12_000, 5, 0].map((units) => /QTY\*33\*([^*]+)\*KG/.exec(document(units))![1])).toEqual([
      '12.5',
      '12',
      '0.005',
      '0',
    ])
  })

  test('says in its usage that it is a test, and no code breaks out of its element', () => {
    const document = inventoryAdvice(config({ usage: 'T' }), [outgoing('X', 1, { codes: ['A*B~SE*1'] })], NOW)
    expect(document).toContain('*0*T*>~')
    expect(document).toContain('LIN*1*VN*A B SE 1~')
  })
})

describe('a partner', () => {
  let receiver: ChannelReceiver
  beforeAll(async () => {
    receiver = await ChannelReceiver.start()
  })
  afterAll(() => receiver.stop())

  test('is sent it by HTTP, and sent the same again where the same batch is', async () => {
    const it = x12(config({ url: receiver.url, authorization: 'Bearer of-the-partner' }))
    const batch = [outgoing('X', 12)]
    expect(await it.send(batch, 'k1', NOW)).toEqual({ taken: ['X'], refused: [] })
    await it.send(batch, 'k1', NOW)
    const [first, again] = receiver.received
    expect(first!.headers).toMatchObject({
      'content-type': 'application/edi-x12',
      'idempotency-key': 'k1',
      authorization: 'Bearer of-the-partner',
    })
    expect(again!.body).toBe(first!.body)
  })

  test('that is busy is asked later, and one that has no use for it has it in halves', async () => {
    const it = x12(config({ url: receiver.url }))
    receiver.answer = () => ({ status: 503, headers: { 'retry-after': '60' } })
    expect((await it.send([outgoing('X', 1)], 'k', NOW)).busy?.retryAfterMs).toBe(60_000)
    receiver.answer = () => ({ status: 422, body: 'LIN03' })
    expect((await it.send([outgoing('X', 1)], 'k', NOW)).unfit).toEqual({
      code: 'http-422',
      detail: 'HTTP 422 LIN03',
    })
  })
})
