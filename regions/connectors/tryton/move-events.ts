import * as z from 'zod'
import type { CanonicalEvent, Disposition } from '../../../shared/contract/events.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { malformed, noItem, unknownCode } from '../refusals.ts'
import { checkQuantity, counted, notNegative } from '../stated-quantity.ts'
import { type OrderLine, orderLineOf } from './order-of.ts'
import { type Reading, type Reference, referenceIn } from './page.ts'
import { Location, otherNode, type Place, placeOf } from './place.ts'
import { Stamped, stampOf } from './values.ts'

export const MoveRow = z.object({
  ...Stamped,
  state: z.string(),
  /** In the product's own unit. */
  internal_quantity: z.number(),
  shipment: z.string().nullable(),
  'shipment.': z.object({ number: z.string().nullable() }).nullable(),
  origin: z.string().nullable(),
  'product.': z.object({ code: z.string().nullable(), 'default_uom.': z.object({ symbol: z.string() }) }),
  'lot.': z.object({ number: z.string() }).nullable().optional(),
  'from_location.': Location,
  'to_location.': Location,
})
type MoveRow = z.infer<typeof MoveRow>

/** A move that was made, with all that its events have in common. */
type Made = {
  readonly id: number
  readonly at: Instant
  readonly source: string
  readonly where: string
  readonly goods: {
    readonly sku: string
    readonly lot: string | undefined
    readonly uom: string | undefined
    readonly quantity: number
  }
  readonly shipment: Reference | null
  readonly number: string
  readonly origin: Reference | null
  readonly reading: Reading
}
type Node = Extract<Place, { kind: 'node' }>
type Outside = Extract<Place, { kind: 'outside' }>
type Events = Result<CanonicalEvent[], Refusal>

/**
 * What a move that was made does to stock. Only what crosses the edge of a node changes what is on hand: a receipt is two moves
 * in Tryton, from the supplier to the dock and from there to the shelf, and one receipt here; the second says that its goods are
 * for sale now.
 */
export function moveEvents(row: MoveRow, reading: Reading): Events {
  const where = `stock.move ${row.id}`
  if (row.state !== 'done' || row.internal_quantity === 0) return ok([])
  const from = placeOf(row['from_location.'], reading, where)
  if (!from.ok) return from
  const to = placeOf(row['to_location.'], reading, where)
  if (!to.ok) return to
  // Between two places that are not this region's: another's to tell, or nobody's.
  if (from.value.kind !== 'node' && to.value.kind !== 'node') return ok([])
  const made = madeOf(row, reading, where)
  return made.ok ? crossing(made.value, from.value, to.value) : made
}

function madeOf(row: MoveRow, reading: Reading, where: string): Result<Made, Refusal> {
  const { codes, message } = reading
  const { code, 'default_uom.': unit } = row['product.']
  if (code === null || code === '') return err(noItem(where))
  const sku = codes.sku(code)
  if (sku === null) return err(unknownCode('sku', code, where))
  const at = stampOf(row)
  if (at === null) return err(malformed('no-date', `${where}: says not when it was written`))
  const stated = notNegative(checkQuantity(row.internal_quantity, where), where)
  if (!stated.ok) return stated
  const count = counted(codes, { sku, uom: codes.uom(unit.symbol) }, stated.value, where)
  if (!count.ok) return count
  return ok({
    id: row.id,
    at,
    source: message.source,
    where,
    goods: { sku, lot: row['lot.']?.number, ...count.value },
    shipment: referenceIn(row.shipment),
    number: row['shipment.']?.number ?? String(row.id),
    origin: referenceIn(row.origin),
    reading,
  })
}

function crossing(made: Made, from: Place, to: Place): Events {
  if (from.kind === 'node' && to.kind === 'node')
    return from.node === to.node ? withinNode(made, from, to) : transferBetween(made, from, to)
  if (from.kind === 'node')
    return to.kind === 'outside' ? departure(made, from, to) : sentTo(made, from, to.node, '/out')
  if (to.kind === 'node')
    return from.kind === 'outside' ? arrival(made, from, to) : gotFrom(made, from.node, to, '/in')
  return ok([])
}

/** Its own fact, named by its move: however often it is read it is one. */
const base = ({ id, source, at, goods }: Made, part = '') =>
  ({ id: `move/${id}${part}`, source, at, subject: goods.sku }) as const

function withinNode(made: Made, from: Node, to: Node): Events {
  const { goods, where, shipment } = made
  if (from.state !== to.state) return all(stateChange(made, '/state', from.node, from.state, to.state))
  if (shipment?.model !== 'stock.shipment.out') return ok([])
  const order = orderLineOf(made.origin, made.reading, where)
  // A pick for a shipment that nobody ordered belongs to no demand.
  if (!order.ok || order.value === null) return order.ok ? ok([]) : order
  const data = { ...goods, node: from.node, ...order.value }
  return all(canonicalEvent({ ...base(made), type: 'plimsoll.stock.picked', data }, where))
}

function arrival(made: Made, from: Outside, { node, state }: Node): Events {
  const { goods, where, shipment, number } = made
  if (shipment?.model === 'stock.shipment.internal') {
    const ends = endsOf(made)
    return ends.ok ? gotFrom(made, ends.value.from, { kind: 'node', node, state }) : ends
  }
  if (shipment?.model === 'stock.shipment.out.return' || from.type === 'customer') {
    const data = { ...goods, node, disposition: state, ref: `return/${number}` }
    return all(canonicalEvent({ ...base(made), type: 'plimsoll.stock.returned', data }, where))
  }
  if (from.type === 'supplier') {
    const data = { ...goods, node, disposition: state }
    return all(canonicalEvent({ ...base(made), type: 'plimsoll.stock.received', data }, where))
  }
  return all(adjustment(made, node, 1, from), held(made, node, state))
}

function departure(made: Made, { node, state }: Node, to: Outside): Events {
  const { goods, where, shipment, number } = made
  if (shipment?.model === 'stock.shipment.internal') {
    const ends = endsOf(made)
    return ends.ok ? sentTo(made, { kind: 'node', node, state }, ends.value.to) : ends
  }
  if (to.type !== 'customer') return all(freed(made, node, state), adjustment(made, node, -1, to))
  const order = orderLineOf(made.origin, made.reading, where)
  if (!order.ok) return order
  const line: Partial<OrderLine> = order.value ?? {}
  const data = {
    ...goods,
    node,
    orderRef: line.orderRef,
    line: line.line,
    shipment: `out/${number}`,
  }
  return all(
    freed(made, node, state),
    canonicalEvent({ ...base(made), type: 'plimsoll.stock.shipped', data }, where),
  )
}

/** Both ends at once, where nothing was planned to be on the way. */
function transferBetween(made: Made, from: Node, to: Node): Events {
  const sent = sentTo(made, from, to.node, '/out')
  if (!sent.ok) return sent
  const got = gotFrom(made, from.node, to, '/in')
  return got.ok ? ok([...sent.value, ...got.value]) : got
}

function sentTo(made: Made, { node, state }: Node, to: string, part = ''): Events {
  const data = { ...made.goods, transfer: `internal/${made.number}`, from: node, to }
  const event = { ...base(made, part), type: 'plimsoll.transfer.shipped', data } as const
  return all(freed(made, node, state), canonicalEvent(event, made.where))
}

function gotFrom(made: Made, from: string, { node, state }: Node, part = ''): Events {
  const data = { ...made.goods, transfer: `internal/${made.number}`, from, to: node }
  const event = { ...base(made, part), type: 'plimsoll.transfer.received', data } as const
  return all(canonicalEvent(event, made.where), held(made, node, state))
}

const End = z.object({ 'warehouse.': z.object({ code: z.string() }) })
const Internal = z.object({ 'from_location.': End, 'to_location.': End })

/** The two warehouses of a shipment that goes by way of Transit, which the move itself doesn't name. */
function endsOf({ reading, shipment, where }: Made): Result<{ from: string; to: string }, Refusal> {
  const found = reading.related.find('stock.shipment.internal', shipment!.id, Internal, where)
  if (!found.ok) return found
  const ends: string[] = []
  for (const end of [found.value['from_location.'], found.value['to_location.']]) {
    const { code } = end['warehouse.']
    const node = otherNode(code, reading.codes.node)
    if (node === null) return err(unknownCode('node', code, where))
    ends.push(node)
  }
  return ok({ from: ends[0]!, to: ends[1]! })
}

const Counted = z.object({ 'inventory.': z.object({ number: z.string().nullable() }) })

/** A stocktaking tells of each place what it found more or less than the ERP knew; so do losses, finds and returns to suppliers. */
function adjustment(
  made: Made,
  node: string,
  sign: 1 | -1,
  outside: Outside,
): Result<CanonicalEvent, Refusal> {
  const { goods, where, origin, shipment, number } = made
  let reason = shipment ? `${shipment.model} ${number}` : `${sign > 0 ? 'from' : 'to'} ${outside.type}`
  if (origin?.model === 'stock.inventory.line') {
    const line = made.reading.related.find('stock.inventory.line', origin.id, Counted, where)
    if (!line.ok) return line
    reason = `inventory ${line.value['inventory.'].number ?? origin.id}`
  }
  const data = { ...goods, node, quantity: sign * goods.quantity, reason }
  return canonicalEvent({ ...base(made), type: 'plimsoll.stock.adjusted', data }, where)
}

function stateChange(
  made: Made,
  part: '/state' | '/freed' | '/held',
  node: string,
  from: Disposition,
  to: Disposition,
): Result<CanonicalEvent, Refusal> {
  const data = { ...made.goods, node, from, to }
  return canonicalEvent({ ...base(made, part), type: 'plimsoll.stock.moved', data }, made.where)
}

/** What leaves, or comes, without a word on its state counts as for sale; what was not, or is not, is said beside. */
const freed = (made: Made, node: string, state: Disposition) =>
  state === 'sellable' ? null : stateChange(made, '/freed', node, state, 'sellable')
const held = (made: Made, node: string, state: Disposition) =>
  state === 'sellable' ? null : stateChange(made, '/held', node, 'sellable', state)

/** All or none: half a move would leave its goods in two places. */
function all(...parts: readonly (Result<CanonicalEvent, Refusal> | null)[]): Events {
  const events: CanonicalEvent[] = []
  for (const part of parts) {
    if (part === null) continue
    if (!part.ok) return part
    events.push(part.value)
  }
  return ok(events)
}
