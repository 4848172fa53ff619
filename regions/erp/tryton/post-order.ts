import * as z from 'zod'
import { type Decimal, textOf, unitsOf } from '../../../shared/domain/decimal.ts'
import { type Instant, parseInstant, startOfDay } from '../../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { readLineNote, writeLineNote } from '../../connectors/tryton/line-note.ts'
import { dateOf } from '../../connectors/tryton/values.ts'
import type { ErpOrder, ErpRefusal, PostedOrder } from '../../orders/erp.ts'
import { ErpFault } from '../../orders/erp.ts'
import type { Directory, ForeignCodes, Party, Product } from './directory.ts'
import { movesOf } from './fulfilment.ts'
import { isCalledOff, standing } from './read-order.ts'
import type { Records } from './records.ts'
import { type Sale, salesOf } from './sale.ts'

type Parts = { readonly records: Records; readonly directory: Directory; readonly now: () => Instant }

/**
 * Posts an order so that however often it is posted there is one sale. The order's reference is looked for before it is
 * created, and once more after:
 *
 *   A  look: none ── create 7 ──────────── look: 7, 8 ── the lowest is mine: go on with 7
 *   B     look: none ── create 8 ── look: 7, 8 ── not mine: delete 8, go on with 7
 *
 * A call whose answer was lost may still have created its draft: the next call finds and takes it.
 */
export async function postOrder(parts: Parts, order: ErpOrder): Promise<Result<PostedOrder, ErpRefusal>> {
  const { records, directory } = parts
  const warehouse = await directory.warehouse(order.node)
  if (!warehouse.ok) return warehouse
  const salesFor = async (): Promise<Result<Sale[], ErpRefusal>> => {
    const sales = await salesOf(records, order.orderRef, warehouse.value)
    // Wanted again after it was called off: those that were are another order's by now.
    return sales.ok && (order.revision ?? 0) > 0 ? standing(records, sales.value, directory.codes) : sales
  }
  const before = await salesFor()
  if (!before.ok) return before
  const isNew = before.value.length === 0
  if (isNew) {
    const created = await createSale(parts, order, warehouse.value)
    if (!created.ok) return created
  }
  const settled = await settleTwins(records, order.orderRef, salesFor)
  if (!settled.ok) return settled
  const sale = settled.value
  const moves = await movesOf(records, sale, directory.codes)
  if (!moves.ok) return moves
  if (isCalledOff(sale, moves.value)) {
    const detail = `the ERP's order ${sale.number ?? sale.id} is cancelled`
    return err({ code: 'order-cancelled', detail })
  }
  const refusal = differenceOf(order, sale, directory.codes)
  if (refusal) return err(refusal)
  const bound = await makeBinding(records, sale)
  return bound.ok ? ok({ ...bound.value, isNew }) : bound
}

async function createSale(
  { records, directory, now }: Parts,
  order: ErpOrder,
  warehouse: number,
): Promise<Result<number, ErpRefusal>> {
  const products = await directory.products(order.lines.map(({ sku }) => sku))
  if (!products.ok) return products
  const customer = await directory.customer(order.channel)
  if (!customer.ok) return customer
  const lines: Values[] = []
  for (const line of order.lines) {
    const made = saleLine(line, products.value.get(line.sku)!, directory.codes)
    if (!made.ok) return made
    lines.push(made.value)
  }
  const dueAt = order.dueAt === undefined ? null : parseInstant(order.dueAt)
  return records.create('sale.sale', {
    reference: order.orderRef,
    warehouse,
    ...saleTo(customer.value),
    // A day that has come means "now" to us; the ERP refuses a shipping date before the sale's own.
    ...(dueAt !== null && startOfDay(dueAt) > startOfDay(now()) ? { shipping_date: dateOf(dueAt) } : {}),
    lines: [['create', lines]],
  })
}

export type Values = Readonly<Record<string, unknown>>

const saleTo = ({ id, addresses: [address] }: Party) => ({
  party: id,
  invoice_address: address,
  shipment_address: address,
})

/** A line of ours as Tryton keeps it. Its quantities are JSON numbers; a double of so few digits prints as the very text that was meant. */
export function saleLine(
  line: ErpOrder['lines'][number],
  product: Product,
  codes: ForeignCodes,
): Result<Values, ErpRefusal> {
  const { id: unit, digits } = product['default_uom.']
  const quantity: Decimal = { units: BigInt(line.quantity), scale: codes.decimals(line.sku) }
  const text = textOf(quantity)
  if (unitsOf(quantity, digits) === null) {
    const detail = `${line.sku}: ${text} has more digits than the ERP's unit, which has ${digits}`
    return err({ code: 'not-exact', detail })
  }
  return ok({
    product: product.id,
    unit,
    quantity: Number(text),
    unit_price: product.list_price ?? { __class__: 'Decimal', decimal: '0' },
    note: writeLineNote(line),
  })
}

/** Two that clean up at once get in each other's way, and look again. */
const LOOKS_MAX = 5

/**
 * The one sale of a reference. Twins that are still drafts bind nobody and are deleted; one that went further is a
 * person's doing, and stays for a person to see.
 */
async function settleTwins(
  records: Records,
  orderRef: string,
  salesFor: () => Promise<Result<Sale[], ErpRefusal>>,
): Promise<Result<Sale, ErpRefusal>> {
  for (let looks = 1; ; looks++) {
    const found = await salesFor()
    if (!found.ok) return found
    const [sale, ...twins] = found.value
    if (!sale) throw new ErpFault('failed', `the sale ${orderRef} was created and is not there`)
    const drafts = twins.filter(({ state }) => state === 'draft').map(({ id }) => id)
    if (drafts.length === 0) return ok(sale)
    const dropped = await records.press('model.sale.sale.delete', [drafts])
    if (!dropped.ok && (dropped.error.code === 'busy' || looks === LOOKS_MAX)) return dropped
  }
}

/** The same key must be the same order. Lines without our note were made by somebody else. */
export function differenceOf(order: ErpOrder, sale: Sale, codes: ForeignCodes): ErpRefusal | null {
  const there = sale['lines.']
    .map(({ note, 'product.': product }) => ({ ...readLineNote(note), code: product?.code }))
    // What is not wanted any more stays in the sale as nothing.
    .filter(({ quantity }) => quantity !== 0)
  const isThere = ({ line, sku, quantity }: ErpOrder['lines'][number]): boolean =>
    there.some((it) => it.line === line && it.code === codes.sku(sku) && it.quantity === quantity)
  if (there.length === order.lines.length && order.lines.every(isThere)) return null
  const name = sale.number ?? `draft ${sale.id}`
  return {
    code: 'different-order',
    detail: `the ERP's order ${name} has the reference ${order.orderRef} and other lines`,
  }
}

const STEPS = [
  ['draft', 'quote'],
  ['quotation', 'confirm'],
  ['confirmed', 'process'],
] as const

/** What a sale is called: its number is there once it was quoted. */
async function nameOf(records: Records, sale: Sale): Promise<Result<string, ErpRefusal>> {
  if (sale.number !== null) return ok(sale.number)
  const read = await records.read('sale.sale', [sale.id], Numbered, ['number'])
  return read.ok ? ok(read.value[0]!.number) : read
}

/** Takes the sale from where it stands to where it binds; a step that another call was quicker with is no refusal. */
export async function makeBinding(
  records: Records,
  sale: Sale,
): Promise<Result<Omit<PostedOrder, 'isNew'>, ErpRefusal>> {
  const warnings: string[] = []
  const from = STEPS.findIndex(([state]) => state === sale.state)
  for (const [, button] of from < 0 ? [] : STEPS.slice(from)) {
    const pressed = await records.press(`model.sale.sale.${button}`, [[sale.id]])
    if (!pressed.ok) return pressed
    warnings.push(...pressed.value.warnings)
  }
  const named = await nameOf(records, sale)
  return named.ok ? ok({ erpNumber: named.value, warnings }) : named
}

const Numbered = z.object({ number: z.string() })
