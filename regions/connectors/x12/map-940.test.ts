import { describe, expect, test } from 'vitest'
import type { Translation } from '../connector.ts'
import { anyCodes, message } from '../given.ts'
import { edi } from './given.ts'
import { x12Connector } from './x12.ts'

const LINES = 'LX*1\nW01*5*EA**VN*A\nLX*2\nW01*3*EA**VN*B\nW76*8'
const told = (status: string, body = LINES): Translation =>
  x12Connector.translate(
    message(edi('940', `W05*${status}*SO-7*PO-7\n${body}`)),
    anyCodes({ defaultNode: 'home' }),
  )

describe('a warehouse shipping order', () => {
  test.each(['N', 'T', 'S', 'B', 'C', 'E'])('of status %s is the order, however often it is sent', (status) =>
    expect(told(status)).toMatchObject({
      events: [{ type: 'plimsoll.order.accepted', businesskey: '940/SO-7', data: { orderRef: 'edi:SO-7' } }],
      refusals: [],
    }),
  )

  test.each(['R', 'L', 'G'])('of status %s changes the lines that it names', (status) => {
    const { events, warnings } = told(status)
    expect(events).toMatchObject([
      {
        type: 'plimsoll.order.changed',
        data: {
          orderRef: 'edi:SO-7',
          lines: [
            { line: '1', sku: 'A', quantity: 5, node: 'home' },
            { line: '2', sku: 'B', quantity: 3, node: 'home' },
          ],
        },
      },
    ])
    // The next change of the same order is another fact.
    expect(events[0]).not.toHaveProperty('businesskey')
    expect(warnings).toEqual([expect.stringContaining('lines that it does not name stay')])
  })

  test.each(['F', 'D'])('of status %s calls the whole order off, and need not name its lines', (status) => {
    for (const body of [LINES, ''])
      expect(told(status, body)).toMatchObject({
        events: [
          {
            type: 'plimsoll.order.cancelled',
            businesskey: '940/SO-7/cancelled',
            data: { orderRef: 'edi:SO-7', channel: 'edi' },
          },
        ],
        refusals: [],
      })
    expect(told(status).events[0]!.data).not.toHaveProperty('lines')
  })

  test('changed in its header only has no effect', () =>
    expect(told('G', '')).toMatchObject({
      events: [],
      refusals: [],
      warnings: [expect.stringContaining('header')],
    }))

  test.each(['A', 'X'])('of status %s has no effect', (status) =>
    expect(told(status)).toMatchObject({ events: [], refusals: [] }),
  )

  test.each([
    ['nobody knows its status', 'Q', LINES, 'unsupported-order-status'],
    [
      'it changes an order, and its total differs',
      'R',
      LINES.replace('W76*8', 'W76*9'),
      'control-total-mismatch',
    ],
    ['it changes an order, and has no lines', 'R', '', 'no-lines'],
  ])('is refused when %s', (_, status, body, code) =>
    expect(told(status, body)).toMatchObject({ events: [], refusals: [{ code }] }),
  )
})
