import * as z from 'zod'
import { readLineNote, writeLineNote } from '../../connectors/tryton/line-note.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { ErpOrder, ErpRefusal, PostedOrder } from '../../orders/erp.ts'
import { settleCancelledMoves } from './cancelled-moves.ts'
import type { Directory } from './directory.ts'
import { movesOf, type OrderMove, Shipment, UNTOUCHED } from './fulfilment.ts'
import { differenceOf, makeBinding, saleLine, type Values } from './post-order.ts'
import { isCalledOff } from './read-order.ts'
import type { Records } from './records.ts'
import type { Sale } from './sale.ts'

type Parts = { readonly records: Records; readonly directory: Directory }

const Component = z.object({
  id: z.number().int(),
  line: z.number().int(),
  quantity_ratio: z.number().nullable(),
  /** A flag, which some of its databases answer as a number. */
  fixed: z.union([z.boolean(), z.number()]).nullable(),
})

/**
 * States anew what is wanted of a sale. Tryton itself amends a processed sale so: shipments of which nothing was picked are taken
 * back, the lines get their new quantities, and what is still to be sent is shipped anew. A line that is not wanted any more stays
 * with a quantity of zero. Each step is a no-op where it was done before, so that a call whose answer was lost goes on where it
 * stopped.
 */
export async function changeOrder(
  { records, directory }: Parts,
  sale: Sale,
  order: ErpOrder,
): Promise<Result<PostedOrder, ErpRefusal>> {
  const { codes } = directory
  const erpNumber = sale.number ?? String(sale.id)
  const moves = await movesOf(records, sale, codes)
  if (!moves.ok) return moves
  if (isCalledOff(sale, moves.value))
    return err({ code: 'order-cancelled', detail: `the ERP's order ${erpNumber} is cancelled` })
  const shipments = await records.read('stock.shipment.out', sale.shipments, Shipment, ['state'])
  if (!shipments.ok) return shipments
  if (differenceOf(order, sale, codes)) {
    const isPicked = shipments.value.some(({ state }) => !UNTOUCHED.has(state))
    const less = isPicked ? lessThanPicked(order, sale, moves.value) : undefined
    if (less !== undefined)
      return err({
        code: 'already-picked',
        detail: `line ${less} of order ${erpNumber} is on its way already`,
      })
    const open = shipments.value
      .filter(({ state }) => UNTOUCHED.has(state) && state !== 'cancelled')
      .map(({ id }) => id)
    if (open.length > 0) {
      const cancelled = await records.press('model.stock.shipment.out.cancel', [open])
      if (!cancelled.ok) return cancelled
    }
    const written = await writeLines({ records, directory }, sale, order)
    if (!written.ok) return written
  }
  const settled = await settleCancelledMoves(records, sale, 'make what is wanted')
  if (!settled.ok) return settled
  const bound = await makeBinding(records, sale)
  return bound.ok ? ok({ ...bound.value, isNew: false }) : bound
}

const lineOf = (line: Sale['lines.'][number]): string | undefined => readLineNote(line.note)?.line

/** A line of which less is wanted than has left the shelf. Half a kit is a kit that can't be called off. */
function lessThanPicked(order: ErpOrder, sale: Sale, moves: readonly OrderMove[]): string | undefined {
  for (const { note } of sale['lines.']) {
    const before = readLineNote(note)
    if (before === null) continue
    const wanted = order.lines.find(({ line }) => line === before.line)
    const own = moves.filter(({ line }) => line === before.line)
    const isKit = wanted !== undefined && own.some(({ sku }) => sku !== wanted.sku)
    const picked = pickedOf(own)
    if (picked > 0 && (wanted?.quantity ?? 0) < (isKit ? before.quantity : picked)) return before.line
  }
  return undefined
}

/** What was picked goes out by a second move, which is assigned when it is packed. */
function pickedOf(moves: readonly OrderMove[]): number {
  const sum = (some: readonly OrderMove[]): number => some.reduce((total, it) => total + it.quantity, 0)
  return Math.max(
    sum(moves.filter(({ leg, state }) => leg === 'pick' && state === 'done')),
    sum(moves.filter(({ leg, state }) => leg === 'ship' && (state === 'assigned' || state === 'done'))),
  )
}

/** Writes the quantities and our notes on the lines; a kit's line carries those of its components beside. */
async function writeLines(
  { records, directory }: Parts,
  sale: Sale,
  order: ErpOrder,
): Promise<Result<null, ErpRefusal>> {
  const { codes } = directory
  const products = await directory.products(order.lines.map(({ sku }) => sku))
  if (!products.ok) return products
  const known = new Map<number, ErpOrder['lines'][number] | null>(
    sale['lines.'].map((it) => [
      it.id,
      order.lines.find(({ line, sku }) => line === lineOf(it) && codes.sku(sku) === it['product.']?.code) ??
        null,
    ]),
  )
  const named = new Set(known.values())
  const added: Values[] = []
  for (const line of order.lines.filter((it) => !named.has(it))) {
    const made = saleLine(line, products.value.get(line.sku)!, codes)
    if (!made.ok) return made
    added.push(made.value)
  }
  const components = await records.search(
    'sale.line.component',
    [['line', 'in', [...known.keys()]]],
    Component,
    {
      fields: ['line', 'quantity_ratio', 'fixed'],
      limit: COMPONENTS_MAX,
    },
  )
  if (!components.ok) return components
  for (const it of sale['lines.']) {
    const [wanted, before] = [known.get(it.id), readLineNote(it.note)]
    if (before === null) continue
    const made = wanted
      ? saleLine(wanted, products.value.get(wanted.sku)!, codes)
      : ok({ quantity: 0, note: writeLineNote({ line: before.line, quantity: 0 }) })
    if (!made.ok) return made
    const { quantity, note } = made.value
    const written = await records.press('model.sale.line.write', [[it.id], { quantity, note }])
    if (!written.ok) return written
    for (const { id, quantity_ratio: ratio, fixed } of components.value.filter(
      ({ line }) => line === it.id,
    )) {
      if (fixed || ratio === null) continue
      const part = await records.press('model.sale.line.component.write', [
        [id],
        { quantity: Number(((quantity as number) * ratio).toPrecision(12)) },
      ])
      if (!part.ok) return part
    }
  }
  if (added.length === 0) return ok(null)
  const grown = await records.press('model.sale.sale.write', [[sale.id], { lines: [['create', added]] }])
  return grown.ok ? ok(null) : grown
}

/** As many lines as an order may have, each a kit of many. */
const COMPONENTS_MAX = 10_000
