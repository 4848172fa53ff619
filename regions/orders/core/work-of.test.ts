import { expect, test } from 'vitest'
import { formatInstant } from '../../../shared/kernel/clock.ts'
import { fact, fold, HEARD_AT } from '../../ledger/core/given.ts'
import { tasksOf } from './flow-tasks.ts'
import { orderView } from './order-view.ts'

/** An order of two moorings, each of an anchor and two buoys, which `ber1` is to send and the ERP has been told of. */
const lines = [{ line: '1', sku: 'MOORING', quantity: 2 }]
const ordered = [
  fact({ type: 'item.upserted', sku: 'ANCHOR', data: { baseUom: 'EA' } }),
  fact({ type: 'item.upserted', sku: 'BUOY', data: { baseUom: 'EA' } }),
  fact({
    type: 'item.upserted',
    sku: 'MOORING',
    data: {
      baseUom: 'EA',
      kit: [
        { sku: 'ANCHOR', quantity: 1 },
        { sku: 'BUOY', quantity: 2 },
      ],
    },
  }),
  fact({ type: 'order.accepted', data: { orderRef: 'web:1', channel: 'web', lines } }),
  fact({
    type: 'fulfilment.sourced',
    data: { orderRef: 'web:1', lines: [{ ...lines[0], nodes: [{ node: 'ber1', quantity: 2 }] }] },
  }),
  fact({
    type: 'fulfilment.advanced',
    data: { orderRef: 'web:1', node: 'ber1', step: 'posted', system: 'erp' },
    at: HEARD_AT,
  }),
]
const did = (what: 'stock.picked' | 'stock.shipped', sku: string, quantity: number) =>
  fact({ type: what, sku, data: { sku, node: 'ber1', quantity, orderRef: 'web:1', line: '1' } })
const missed = (sku: string, quantity: number) =>
  fact({
    type: 'fulfilment.short',
    sku,
    data: { sku, node: 'ber1', quantity, orderRef: 'web:1', line: '1', reason: formatInstant(0) },
  })

function after(...facts: ReturnType<typeof fact>[]) {
  const { books } = fold([...ordered, ...facts]).ledger
  const { status, lines: told } = orderView(books, 'web:1', [])!
  const tasks = tasksOf(books.flows.find('web:1')!, books, {
    erp: 'erp',
    fulfilmentOf: () => null,
    isErp: () => false,
  })
  const { picked, shipped, unassigned } = told[0]!
  return { status, picked, shipped, unassigned, tasks: tasks.map(({ kind }) => kind) }
}

test('an order of kits is picked and shipped when so many sets of their parts are', () => {
  expect(after(did('stock.picked', 'ANCHOR', 2), did('stock.picked', 'BUOY', 3))).toEqual({
    status: 'open',
    picked: 1,
    shipped: 0,
    unassigned: 0,
    tasks: [],
  })
  const [anchors, buoys] = [did('stock.shipped', 'ANCHOR', 2), did('stock.shipped', 'BUOY', 3)]
  expect(after(anchors, buoys)).toMatchObject({ status: 'open', shipped: 1, tasks: [] })
  expect(after(anchors, buoys, did('stock.shipped', 'BUOY', 1))).toMatchObject({
    status: 'shipped',
    shipped: 2,
    tasks: ['settle'],
  })
})

test('a kit that was sent as such, and one that was sent as its parts, are two kits', () => {
  const sent = [
    did('stock.shipped', 'MOORING', 1),
    did('stock.shipped', 'ANCHOR', 1),
    did('stock.shipped', 'BUOY', 2),
  ]
  expect(after(...sent)).toMatchObject({ status: 'shipped', shipped: 2, tasks: ['settle'] })
})

test('one part that a node does not find is a kit that has to come from elsewhere', () => {
  expect(after(missed('BUOY', 1))).toMatchObject({ status: 'waiting-for-stock', unassigned: 1 })
  const rest = [did('stock.shipped', 'ANCHOR', 1), did('stock.shipped', 'BUOY', 2)]
  expect(after(missed('BUOY', 1), ...rest)).toMatchObject({ shipped: 1, unassigned: 1 })
})
