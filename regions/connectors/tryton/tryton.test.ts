import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { trytonConnector } from './tryton.ts'

/** The samples are pages of a real Tryton 6.0.29: goods in, a kit's order picked and sent, a return, a count, two transfers. */

type Page = { tryton: string; warehouses?: string[]; rows: Row[]; related?: Record<string, Row[]> }
// oxlint-disable-next-line typescript/no-explicit-any -- what a test changes in a foreign row is anything
type Row = Record<string, any>

const sample = (name: string): Page =>
  JSON.parse(readFileSync(new URL(`samples/${name}.json`, import.meta.url), 'utf8')) as Page
const known = codes({
  skus: { ANCHOR: 'ANCHOR', BUOY: 'BUOY', MOORING: 'MOORING' },
  nodes: { WH: 'ber1', MUC: 'muc1' },
  uoms: { u: 'EA' },
})
const read = (page: object, given = known): Translation =>
  trytonConnector.translate(message(JSON.stringify(page), { source: 'erp' }), given)
const told = ({ events }: Translation): string[] =>
  events.map(({ id, type, data }) => {
    const { sku, quantity, node, from, to, disposition, orderRef, line } = (data ?? {}) as Row
    const parts = [sku, quantity, node, from, to, disposition, orderRef, line]
    return `${id} ${type.slice(9)} ${parts.filter((it) => it !== undefined).join(' ')}`
  })
/** The one move of the sample with this id, changed. */
const moveLike = (id: number, change: (row: Row, page: Page) => void): Page => {
  const page = sample('moves')
  page.rows = page.rows.filter((row) => row['id'] === id)
  change(page.rows[0]!, page)
  return page
}

describe('moves', () => {
  test('say once what each does to the stock of a node', () => {
    const translation = read(sample('moves'))
    expect(translation.refusals).toEqual([])
    expect(told(translation)).toEqual([
      'move/1 stock.received ANCHOR 10 ber1 quarantined',
      'move/2 stock.received BUOY 20 ber1 quarantined',
      'move/3/state stock.moved BUOY 20 ber1 quarantined sellable',
      'move/4/state stock.moved ANCHOR 10 ber1 quarantined sellable',
      'move/5 stock.shipped ANCHOR 2 ber1 web:1 a',
      'move/6 stock.shipped ANCHOR 1 ber1 web:1 b',
      'move/7 stock.shipped BUOY 2 ber1 web:1 b',
      'move/8 stock.picked BUOY 2 ber1 web:1 b',
      'move/9 stock.picked ANCHOR 1 ber1 web:1 b',
      'move/10 stock.picked ANCHOR 2 ber1 web:1 a',
      'move/15 stock.returned ANCHOR 1 ber1 quarantined',
      'move/17 stock.adjusted BUOY -3 ber1',
      'move/19 transfer.shipped ANCHOR 2 ber1 muc1',
      'move/20/out transfer.shipped BUOY 1 ber1 muc1',
      'move/20/in transfer.received BUOY 1 ber1 muc1',
    ])
    expect(translation.events.find(({ id }) => id === 'move/17')?.data).toMatchObject({
      reason: 'inventory 1',
      uom: 'EA',
    })
  })

  test('a transfer by way of Transit is one transfer, told by its two ends', () => {
    const ends = [...read(sample('moves')).events, ...read(sample('arrived')).events].filter(
      ({ type, subject }) => type.startsWith('plimsoll.transfer') && subject === 'ANCHOR',
    )
    expect(ends.map(({ type, data }) => [type, (data as Row)['transfer']])).toEqual([
      ['plimsoll.transfer.shipped', 'internal/1'],
      ['plimsoll.transfer.received', 'internal/1'],
    ])
  })

  test('count from when they were written, and from their creation where they never were again', () => {
    const [written] = read(moveLike(1, () => {})).events
    const [created] = read(moveLike(1, (row) => void (row['write_date'] = null))).events
    const { write_date: w, create_date: c } = sample('moves').rows[0]!
    const ms = (it: Row): string => String(Math.floor(it['microsecond'] / 1000)).padStart(3, '0')
    expect(written!.time).toContain(`:${String(w['second']).padStart(2, '0')}.${ms(w)}Z`)
    expect(created!.time).toContain(`:${String(c['second']).padStart(2, '0')}.${ms(c)}Z`)
  })

  test('that were not made yet, or move nothing, say nothing', () => {
    for (const change of [{ state: 'assigned' }, { state: 'cancelled' }, { internal_quantity: 0 }])
      expect(read(moveLike(1, (row) => Object.assign(row, change)))).toMatchObject({
        events: [],
        refusals: [],
      })
  })

  test('out of a corner that is not for sale free what they take there first', () => {
    const dock = sample('moves').rows.find(({ id }) => id === 1)!['to_location.'] as Row
    const counted = moveLike(17, (row) => void (row['from_location.'] = dock))
    expect(told(read(counted))).toEqual([
      'move/17/freed stock.moved BUOY 3 ber1 quarantined sellable',
      'move/17 stock.adjusted BUOY -3 ber1',
    ])
    const sent = moveLike(19, (row) => void (row['from_location.'] = dock))
    expect(told(read(sent))).toEqual([
      'move/19/freed stock.moved ANCHOR 2 ber1 quarantined sellable',
      'move/19 transfer.shipped ANCHOR 2 ber1 muc1',
    ])
  })

  test('to and from a warehouse of another region are one end of a transfer; those within it are not ours', () => {
    const page = { ...sample('moves'), warehouses: ['MUC'] }
    expect(told(read(page))).toEqual(['move/20/in transfer.received BUOY 1 ber1 muc1'])
  })

  test('from one corner that is not for sale to another free what they take and hold what they bring', () => {
    const dock = sample('moves').rows.find(({ id }) => id === 1)!['to_location.'] as Row
    const page = moveLike(20, (row) => {
      row['from_location.'] = dock
      row['to_location.'] = { ...row['to_location.'], left: -1 }
    })
    expect(told(read(page))).toEqual([
      'move/20/freed stock.moved BUOY 1 ber1 quarantined sellable',
      'move/20/out transfer.shipped BUOY 1 ber1 muc1',
      'move/20/in transfer.received BUOY 1 ber1 muc1',
      'move/20/held stock.moved BUOY 1 muc1 sellable quarantined',
    ])
  })

  test('of an unknown item or warehouse wait by its code; the others of the page count', () => {
    const unmapped = read(sample('moves'), codes({ skus: { ANCHOR: 'ANCHOR' }, nodes: { WH: 'ber1' } }))
    expect(unmapped.events.length).toBeGreaterThan(5)
    expect(unmapped.refusals.map(({ code, unknown }) => [code, unknown?.kind, unknown?.code])).toContainEqual(
      ['unknown-code', 'sku', 'BUOY'],
    )
    expect(unmapped.refusals.some(({ unknown }) => unknown?.code === 'MUC')).toBe(true)
  })

  test('whose order the page does not bring are refused: a shipment without its order would keep the demand open', () => {
    const page = moveLike(5, (_, it) => void delete it.related!['sale.line'])
    expect(read(page)).toMatchObject({ events: [], refusals: [{ code: 'incomplete-page' }] })
  })

  test('that cannot be read are refused one by one, by model, id and field', () => {
    const page = sample('moves')
    page.rows = [page.rows[0]!, { ...page.rows[1]!, internal_quantity: 'many' }, 7 as never]
    const { events, refusals } = read(page)
    expect(events).toHaveLength(1)
    expect(refusals.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^stock\.move 2: internal_quantity/),
      expect.stringMatching(/^stock\.move \(no id\)/),
    ])
  })

  test('of a measured item are counted in its minor units, and never rounded', () => {
    const measured = (quantity: number): Translation =>
      read(
        moveLike(1, (row) => {
          row['internal_quantity'] = quantity
          row['product.']['default_uom.']['symbol'] = 'kg'
        }),
        codes({
          skus: { ANCHOR: 'ANCHOR' },
          nodes: { WH: 'ber1' },
          uoms: { kg: 'KG' },
          decimals: { ANCHOR: 3 },
        }),
      )
    expect(measured(2.5).events[0]!.data).toMatchObject({ quantity: 2500 })
    expect(measured(2.50001)).toMatchObject({ events: [], refusals: [{ code: 'not-whole' }] })
  })
})

describe('sales', () => {
  const sales = (change: (rows: Row[]) => void = () => {}): Translation => {
    const page = sample('sales')
    change(page.rows)
    return read(page)
  }

  test('made in the ERP are orders of its channel; those that we posted are never orders again', () => {
    const { events, refusals } = sales()
    expect(refusals).toEqual([])
    expect(events.map(({ type, data }) => [type, (data as Row)['orderRef']])).toEqual([
      ['plimsoll.order.cancelled', 'web:2'],
      ['plimsoll.order.accepted', 'erp:3'],
    ])
    expect(events[1]!.data).toMatchObject({
      channel: 'erp',
      lines: [{ line: '4', sku: 'BUOY', quantity: 4, node: 'ber1', uom: 'EA' }],
    })
  })

  test('a customer who quotes one of our references has not made his order ours', () => {
    const { events } = sales((rows) => void (rows[2]!['reference'] = 'web:1'))
    expect(events[1]).toMatchObject({ type: 'plimsoll.order.accepted', data: { orderRef: 'erp:3' } })
  })

  test('told again they are the same fact, changed they are another', () => {
    const [, first] = sales().events
    const [, again] = sales((rows) => void (rows[2]!['state'] = 'done')).events
    const [, more] = sales((rows) => void (rows[2]!['lines.'][0]['quantity'] = 5)).events
    expect(again).toMatchObject({ id: first!.id })
    expect(more!.id).not.toBe(first!.id)
  })

  test('of which less was sent than ordered give up the rest when they are settled, and not before', () => {
    const partly = (state: string, moved: number) => (rows: Row[]) => {
      rows[2]!['state'] = state
      rows[2]!['lines.'][0]['moves.'] = [
        { state: 'done', quantity: moved },
        { state: 'cancelled', quantity: 4 - moved },
      ]
    }
    const cancelledOf = ({ events }: Translation) =>
      events.filter(({ id }) => id === 'sale/3/cancelled').map(({ data }) => (data as Row)['lines'])
    expect(cancelledOf(sales(partly('processing', 3)))).toEqual([])
    expect(cancelledOf(sales(partly('done', 3)))).toEqual([
      [{ line: '4', sku: 'BUOY', uom: 'EA', quantity: 1 }],
    ])
    expect(cancelledOf(sales(partly('done', 4)))).toEqual([])
  })

  test('of ours that we called off ourselves say nothing new when they are read back', () => {
    const calledOff = sales((rows) => {
      for (const line of rows.flatMap((row) => row['lines.'] as Row[]))
        if (line['note']) line['note'] = `${line['note']} called-off`
    })
    expect(calledOff.events.map(({ type }) => type)).toEqual(['plimsoll.order.accepted'])
  })

  test('a draft, a return and a remark are no demand', () => {
    for (const change of [
      (rows: Row[]) => void (rows[2]!['state'] = 'quotation'),
      (rows: Row[]) => void (rows[2]!['lines.'][0]['quantity'] = -4),
      (rows: Row[]) => void (rows[2]!['lines.'][0]['product.'] = null),
    ])
      expect(sales(change).events.map(({ type }) => type)).toEqual(['plimsoll.order.cancelled'])
  })
})

describe('products', () => {
  test('are items with their unit, and kits with what they are made of', () => {
    const { events, refusals } = read(sample('products'))
    expect(refusals).toEqual([])
    expect(events.map(({ subject }) => subject)).toEqual(['ANCHOR', 'BUOY', 'MOORING'])
    expect(events[0]!.data).toMatchObject({ name: 'The ANCHOR', baseUom: 'EA', decimals: 0 })
    expect(events[2]!.data).toMatchObject({
      kit: [
        { sku: 'ANCHOR', quantity: 1 },
        { sku: 'BUOY', quantity: 2 },
      ],
    })
  })

  test('that are new here are called as the ERP calls them, if that can be a sku', () => {
    const page = sample('products')
    page.rows[0]!['code'] = 'AN CHOR'
    const { events, refusals } = read(page, codes())
    expect(events.map(({ subject }) => subject)).toEqual(['BUOY', 'MOORING'])
    expect(refusals).toMatchObject([{ unknown: { kind: 'sku', code: 'AN CHOR' } }])
  })

  test('a kit that takes a part however many kits there are, or part of a piece, is refused by name', () => {
    const kitWith = (change: Row): Translation => {
      const page = sample('products')
      Object.assign(page.rows[2]!['template.']['components.'][0], change)
      return read({ ...page, rows: [page.rows[2]] })
    }
    expect(kitWith({ fixed: true }).refusals).toMatchObject([{ code: 'fixed-component' }])
    expect(kitWith({ quantity: 0.5 }).refusals).toMatchObject([{ code: 'not-whole' }])
  })
})

test('nothing new is told as a heartbeat, and another model is refused by name', () => {
  expect(read({ tryton: 'heartbeat' }).events).toMatchObject([{ type: 'plimsoll.source.heartbeat' }])
  expect(read({ tryton: 'party.party' }, anyCodes()).refusals).toMatchObject([{ code: 'unsupported-model' }])
})
