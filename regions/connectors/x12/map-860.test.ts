import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { edi } from './given.ts'
import { x12Connector } from './x12.ts'

const LINES = 'POC*1*QD*4*0*EA*9.25*TE*VN*A\nPOC*2*DI*3*0*EA***VN*B\nPOC*3*AI*2*2*CA***VN*C'
const change = (body = LINES, head = 'BCH*04*SA*PO-7**1*20261121', known: Codes = anyCodes()): Translation =>
  x12Connector.translate(message(edi('860', `${head}\n${body}`)), known)

describe('a purchase order change', () => {
  test('says what is wanted of each line by now; a deleted line is wanted no more', () => {
    const { events, refusals } = change(`DTM*010*20261201\n${LINES}`)
    expect(refusals).toEqual([])
    const dueAt = '2026-12-01T00:00:00.000Z'
    expect(events).toMatchObject([
      {
        type: 'plimsoll.order.changed',
        data: {
          orderRef: 'edi:PO-7',
          lines: [
            { line: '1', sku: 'A', quantity: 4, uom: 'EA', dueAt },
            { line: '2', sku: 'B', quantity: 0, uom: 'EA', dueAt },
            { line: '3', sku: 'C', quantity: 2, uom: 'CA', dueAt },
          ],
        },
      },
    ])
    expect(events[0]).not.toHaveProperty('businesskey')
  })

  test('of a line’s price leaves its quantity as it was, where it does not say it', () => {
    const { events } = change('POC*1*PC**0*EA*9.50*TE*VN*A\nPOC*2*PC*6*0*EA*1.00*TE*VN*B')
    expect(events).toMatchObject([{ data: { lines: [{ line: '2', quantity: 6 }] } }])
    expect(change('POC*1*CT****VN*A')).toMatchObject({ events: [], refusals: [] })
  })

  test('calls the order off, or replaces it whole', () => {
    expect(change('', 'BCH*01*SA*PO-7**1*20261121').events).toMatchObject([
      { type: 'plimsoll.order.cancelled', businesskey: '860/PO-7/cancelled', data: { orderRef: 'edi:PO-7' } },
    ])
    expect(change(LINES, 'BCH*05*SA*PO-7**1*20261121').events).toMatchObject([
      { type: 'plimsoll.order.changed', data: { isWhole: true } },
    ])
  })

  test('of a release is of that release', () =>
    expect(change(LINES, 'BCH*04*RL*PO-7*3*1*20261121').events).toMatchObject([
      { data: { orderRef: 'edi:PO-7-3' } },
    ]))

  test('is taken whole or not at all', () => {
    const { events, refusals } = change(LINES, undefined, codes({ skus: { A: 'a', C: 'c' } }))
    expect(events).toEqual([])
    expect(refusals.map(({ unknown }) => unknown?.code)).toEqual(['B'])
  })

  test.each([
    ['nobody knows its purpose', LINES, 'BCH*08*SA*PO-7', 'unsupported-order-status'],
    ['a line becomes another item', 'POC*1*RE*4*0*EA***VN*A', undefined, 'unsupported-order-status'],
    ['it has no lines', 'CTT*0', undefined, 'no-lines'],
    ['it has no number', LINES, 'BCH*04*SA', 'no-order-number'],
    ['a quantity is less than nothing', 'POC*1*QD*-4*0*EA***VN*A', undefined, 'negative-quantity'],
    ['its sum differs', `${LINES}\nCTT*3*10`, undefined, 'control-total-mismatch'],
  ])('is refused when %s', (_, body, head, code) =>
    expect(change(body, head)).toMatchObject({ events: [], refusals: [{ code }] }),
  )
})
