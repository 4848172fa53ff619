import { expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { edi } from './given.ts'
import { x12Connector } from './x12.ts'

const BODY =
  'W06*N*T-100*20261121*SHIP-9\nN1*SF*Plant*92*PLANT\nN1*WH*Dock*92*DC1\nG62*17*20261125\nW04*40*EA**VN*A\nN9*LT*L7\nW04*2*CA**VN*B\nW03*42'
const sent = (body = BODY, known: Codes = anyCodes()): Translation =>
  x12Connector.translate(message(edi('943', body)), known)

test('what leaves for a warehouse is on its way there, under the number that its receipt will name', () => {
  const { events, refusals } = sent()
  expect(refusals).toEqual([])
  const shared = { transfer: 'T-100', from: 'PLANT', to: 'DC1', expectedAt: '2026-11-25T23:59:59.999Z' }
  expect(events).toMatchObject([
    {
      type: 'plimsoll.transfer.shipped',
      businesskey: '943/T-100/SHIP-9/line/1',
      time: '2026-11-21T23:59:59.999Z',
      data: { ...shared, sku: 'A', quantity: 40, lot: 'L7' },
    },
    { data: { ...shared, sku: 'B', quantity: 2, uom: 'CA' } },
  ])
})

test('from a place that is none of ours it only arrives', () => {
  const { events } = sent(BODY, codes({ skus: { A: 'a', B: 'b' }, nodes: { DC1: 'dc1' } }))
  expect(events).toHaveLength(2)
  expect(events[0]!.data).not.toHaveProperty('from')
})

test.each([
  ['its total differs', BODY.replace('W03*42', 'W03*41'), 'control-total-mismatch'],
  ['it has no number', BODY.replace('W06*N*T-100*20261121*SHIP-9', 'W06*N**20261121'), 'no-order-number'],
  ['it has no lines', 'W06*N*T-100*20261121*SHIP-9', 'no-lines'],
])('it is refused when %s', (_, body, code) =>
  expect(sent(body)).toMatchObject({ events: [], refusals: [{ code }] }),
)
