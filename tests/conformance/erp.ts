import { describe, expect, test } from 'vitest'
import type { ErpOrder, ErpPort } from '../../regions/orders/erp.ts'

/** An ERP to try, with goods ANCHOR, BUOY and the kit MOORING of one ANCHOR and two BUOY, sold from `ber1`. */
export type ErpUnderTest = {
  readonly port: ErpPort
  /** Puts goods on the shelf. */
  readonly stock: (goods: Readonly<Record<string, number>>) => Promise<void>
  /** The warehouse's own work on what was assigned. */
  readonly pick: (order: ErpOrder) => Promise<void>
  readonly ship: (order: ErpOrder) => Promise<void>
}

let orders = 0

const orderOf = (lines: ErpOrder['lines'], more: Partial<ErpOrder> = {}): ErpOrder => ({
  orderRef: `b2b-portal:${(++orders).toString()}`,
  channel: 'b2b-portal',
  node: 'ber1',
  lines,
  ...more,
})
const line = (line: string, sku: string, quantity: number) => ({ line, sku, quantity })

/** What every ERP behind the port does. */
export function erpConformance(given: () => ErpUnderTest): void {
  const post = async (order: ErpOrder) => {
    const posted = await given().port.postOrder(order)
    if (!posted.ok) throw new Error(JSON.stringify(posted.error))
    return posted.value
  }

  describe('an order', () => {
    test('that is posted again, or twice at once, is one order in the ERP', async () => {
      const order = orderOf([line('1', 'ANCHOR', 1)])
      const first = await post(order)
      expect(first.isNew).toBe(true)
      expect(await post(order)).toMatchObject({ erpNumber: first.erpNumber, isNew: false })
      const race = orderOf([line('1', 'ANCHOR', 1)])
      const [a, b] = await Promise.all([post(race), post(race)])
      expect(a.erpNumber).toBe(b.erpNumber)
      expect((await post(race)).erpNumber).toBe(a.erpNumber)
    })

    test('with the same key and other lines is refused, and the first stands', async () => {
      const order = orderOf([line('1', 'ANCHOR', 1)])
      const { erpNumber } = await post(order)
      for (const lines of [
        [line('1', 'ANCHOR', 2)],
        [line('1', 'BUOY', 1)],
        [line('1', 'ANCHOR', 1), line('2', 'BUOY', 1)],
      ])
        expect(await given().port.postOrder({ ...order, lines })).toMatchObject({
          ok: false,
          error: { code: 'different-order' },
        })
      expect(await post(order)).toMatchObject({ erpNumber, isNew: false })
    })

    test.each([
      ['an item the ERP has not', { lines: [line('1', 'NOPE', 1)] }, 'unknown-sku'],
      ['a warehouse the ERP has not', { node: 'nowhere' }, 'unknown-node'],
    ])('of %s is refused by name and leaves nothing behind', async (_, more, code) => {
      const order = orderOf([line('1', 'ANCHOR', 1)], more)
      expect(await given().port.postOrder(order)).toMatchObject({ ok: false, error: { code } })
      if (order.node === 'ber1')
        expect(await given().port.readOrder(order)).toEqual({ ok: true, value: null })
    })
  })

  describe('assigning', () => {
    test('a whole order says so, each component of a kit by itself', async () => {
      await given().stock({ ANCHOR: 4, BUOY: 6 })
      const order = orderOf([line('1', 'ANCHOR', 1), line('2', 'MOORING', 3)])
      await post(order)
      const assigned = await given().port.assignOrder(order)
      expect(assigned).toMatchObject({ ok: true, value: { status: 'assigned' } })
      expect(assigned.ok && sorted(assigned.value.lines)).toEqual([
        { line: '1', sku: 'ANCHOR', ordered: 1, assigned: 1 },
        { line: '2', sku: 'ANCHOR', ordered: 3, assigned: 3 },
        { line: '2', sku: 'BUOY', ordered: 6, assigned: 6 },
      ])
    })

    test('what there is too little of keeps the part there is, and says which is short', async () => {
      await given().stock({ BUOY: 2 })
      const order = orderOf([line('1', 'BUOY', 5)])
      await post(order)
      const expected = {
        ok: true,
        value: { status: 'partial', lines: [{ line: '1', sku: 'BUOY', ordered: 5, assigned: 2 }] },
      }
      expect(await given().port.assignOrder(order)).toEqual(expected)
      // Asked again with nothing more there, it is still the same part.
      expect(await given().port.assignOrder(order)).toEqual(expected)
      await given().stock({ BUOY: 3 })
      expect(await given().port.assignOrder(order)).toMatchObject({ ok: true, value: { status: 'assigned' } })
    })

    test('what is not there at all assigns nothing', async () => {
      const order = orderOf([line('1', 'ANCHOR', 2)])
      await post(order)
      expect(await given().port.assignOrder(order)).toEqual({
        ok: true,
        value: { status: 'none', lines: [{ line: '1', sku: 'ANCHOR', ordered: 2, assigned: 0 }] },
      })
      await given().port.cancelOrder(order)
    })
  })

  describe('changing', () => {
    const change = async (order: ErpOrder) => {
      const changed = await given().port.changeOrder(order)
      if (!changed.ok) throw new Error(JSON.stringify(changed.error))
      return changed.value
    }
    const orderedOf = async (order: ErpOrder) => {
      const assigned = await given().port.assignOrder(order)
      return assigned.ok ? sorted(assigned.value.lines).filter(({ ordered }) => ordered > 0) : assigned
    }

    test('to less gives the rest back, and repeating it changes nothing', async () => {
      await given().stock({ ANCHOR: 5 })
      const order = orderOf([line('1', 'ANCHOR', 5)])
      const { erpNumber } = await post(order)
      await given().port.assignOrder(order)
      const less = { ...order, lines: [line('1', 'ANCHOR', 2)], revision: 1 }
      expect(await change(less)).toMatchObject({ erpNumber })
      expect(await change(less)).toMatchObject({ erpNumber })
      expect(await orderedOf(less)).toEqual([{ line: '1', sku: 'ANCHOR', ordered: 2, assigned: 2 }])
      const next = orderOf([line('1', 'ANCHOR', 3)])
      await post(next)
      expect(await given().port.assignOrder(next)).toMatchObject({ ok: true, value: { status: 'assigned' } })
    })

    test('to more, to other lines, and of a kit', async () => {
      await given().stock({ ANCHOR: 4, BUOY: 9 })
      const order = orderOf([line('1', 'ANCHOR', 1), line('2', 'MOORING', 3)])
      await post(order)
      const other = {
        ...order,
        revision: 1,
        lines: [line('2', 'MOORING', 2), line('3', 'BUOY', 5), line('1', 'ANCHOR', 2)],
      }
      await change(other)
      expect(await orderedOf(other)).toEqual([
        { line: '1', sku: 'ANCHOR', ordered: 2, assigned: 2 },
        { line: '2', sku: 'ANCHOR', ordered: 2, assigned: 2 },
        { line: '2', sku: 'BUOY', ordered: 4, assigned: 4 },
        { line: '3', sku: 'BUOY', ordered: 5, assigned: 5 },
      ])
      const fewer = { ...other, revision: 2, lines: [line('3', 'BUOY', 5)] }
      await change(fewer)
      expect(await orderedOf(fewer)).toEqual([{ line: '3', sku: 'BUOY', ordered: 5, assigned: 5 }])
    })

    test('leaves what was picked: less than that is refused, and the order ships as it was', async () => {
      await given().stock({ ANCHOR: 3 })
      const order = orderOf([line('1', 'ANCHOR', 3)])
      await post(order)
      await given().port.assignOrder(order)
      await given().pick(order)
      const less = { ...order, lines: [line('1', 'ANCHOR', 1)], revision: 1 }
      expect(await given().port.changeOrder(less)).toMatchObject({
        ok: false,
        error: { code: 'already-picked' },
      })
      await given().ship(order)
      expect(await given().port.readOrder(order)).toMatchObject({
        ok: true,
        value: { status: 'shipped', shipped: [{ quantity: 3 }] },
      })
    })

    test('an order that was cancelled, or that nobody posted, is refused', async () => {
      const order = orderOf([line('1', 'ANCHOR', 3)])
      const less = { ...order, lines: [line('1', 'ANCHOR', 1)], revision: 1 }
      expect(await given().port.changeOrder(less)).toMatchObject({ error: { code: 'unknown-order' } })
      await post(order)
      await given().port.cancelOrder(order)
      expect(await given().port.changeOrder(less)).toMatchObject({ error: { code: 'order-cancelled' } })
    })
  })

  describe('an order on its way', () => {
    test('is open, then picked, then shipped, and says what left', async () => {
      await given().stock({ ANCHOR: 1, BUOY: 2 })
      const order = orderOf([line('k', 'MOORING', 1)])
      const { erpNumber } = await post(order)
      await given().port.assignOrder(order)
      const read = () => given().port.readOrder(order)
      expect(await read()).toEqual({ ok: true, value: { erpNumber, status: 'open', shipped: [] } })
      await given().pick(order)
      expect(await read()).toEqual({ ok: true, value: { erpNumber, status: 'picked', shipped: [] } })
      await given().ship(order)
      const shipped = await read()
      expect(shipped).toMatchObject({ ok: true, value: { erpNumber, status: 'shipped' } })
      expect(shipped.ok && sorted(shipped.value!.shipped)).toEqual([
        { line: 'k', sku: 'ANCHOR', quantity: 1 },
        { line: 'k', sku: 'BUOY', quantity: 2 },
      ])
    })

    test('cannot be cancelled once it was picked', async () => {
      await given().stock({ ANCHOR: 1 })
      const order = orderOf([line('1', 'ANCHOR', 1)])
      await post(order)
      await given().port.assignOrder(order)
      await given().pick(order)
      expect(await given().port.cancelOrder(order)).toMatchObject({
        ok: false,
        error: { code: 'already-picked' },
      })
    })
  })

  describe('cancelling', () => {
    test('gives back what was assigned, and repeating it is no error', async () => {
      await given().stock({ ANCHOR: 2 })
      const order = orderOf([line('1', 'ANCHOR', 2)])
      const { erpNumber } = await post(order)
      await given().port.assignOrder(order)
      expect(await given().port.cancelOrder(order)).toEqual({
        ok: true,
        value: { erpNumber, wasCancelledBefore: false },
      })
      expect(await given().port.cancelOrder(order)).toEqual({
        ok: true,
        value: { erpNumber, wasCancelledBefore: true },
      })
      expect(await given().port.readOrder(order)).toMatchObject({ ok: true, value: { status: 'cancelled' } })
      const next = orderOf([line('1', 'ANCHOR', 2)])
      await post(next)
      expect(await given().port.assignOrder(next)).toMatchObject({ ok: true, value: { status: 'assigned' } })
    })

    test('a kit’s order gives its components back', async () => {
      await given().stock({ ANCHOR: 1, BUOY: 2 })
      const order = orderOf([line('1', 'MOORING', 1)])
      await post(order)
      await given().port.assignOrder(order)
      expect(await given().port.cancelOrder(order)).toMatchObject({ ok: true })
      expect(await given().port.readOrder(order)).toMatchObject({ ok: true, value: { status: 'cancelled' } })
    })

    test('a cancelled order does not rise again when it is posted once more', async () => {
      const order = orderOf([line('1', 'ANCHOR', 1)])
      await post(order)
      await given().port.cancelOrder(order)
      expect(await given().port.postOrder(order)).toMatchObject({
        ok: false,
        error: { code: 'order-cancelled' },
      })
    })

    test('an order that is wanted again is made again under its next revision, and once', async () => {
      await given().stock({ ANCHOR: 1 })
      const order = orderOf([line('1', 'ANCHOR', 1)])
      await post(order)
      await given().port.assignOrder(order)
      await given().port.cancelOrder(order)
      const again = { ...order, revision: 1 }
      const { erpNumber } = await post(again)
      expect(await post(again)).toMatchObject({ erpNumber, isNew: false })
      expect(await given().port.assignOrder(again)).toMatchObject({ ok: true, value: { status: 'assigned' } })
      expect(await given().port.readOrder(again)).toMatchObject({
        ok: true,
        value: { erpNumber, status: 'open' },
      })
      expect(await given().port.cancelOrder(again)).toMatchObject({
        ok: true,
        value: { erpNumber, wasCancelledBefore: false },
      })
    })

    test('an order nobody posted is refused', async () => {
      expect(await given().port.cancelOrder(orderOf([line('1', 'ANCHOR', 1)]))).toMatchObject({
        ok: false,
        error: { code: 'unknown-order' },
      })
    })
  })
}

const sorted = <T extends { readonly line: string; readonly sku: string }>(lines: readonly T[]): T[] =>
  [...lines].sort((a, b) => (`${a.line} ${a.sku}` < `${b.line} ${b.sku}` ? -1 : 1))
