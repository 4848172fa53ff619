import { formatInstant, type Instant } from '../../../shared/kernel/clock.ts'
import type { Decimal } from '../../../shared/domain/decimal.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { counted } from '../stated-quantity.ts'
import { take } from '../translation.ts'
import { statedInstant } from './business-time.ts'
import { idsFrom, skuOf } from './item.ts'
import type { Line } from './lines.ts'
import { nodeOf, placesIn } from './place.ts'
import type { Segment } from './tokenize.ts'
import { componentsOf, whereOf } from './warehouse-line.ts'
import { channelOf, find, orderRefOf, timeOf, usableRef, type Work } from './work.ts'

/** What the documents about an order have in common, whether it is a customer's (850, 860) or a depositor's (940). */

/** What is said of the order: `cancelled` whole, `accepted`, `changed` line by line, or `replaced` by the lines of this document. */
export type OrderWord = 'accepted' | 'changed' | 'replaced' | 'cancelled'

/** The order's reference; a number that can't be one is refused. */
function orderNamed(work: Work, order: string): string | undefined {
  const orderRef = orderRefOf(work, order)
  if (orderRef !== undefined) return orderRef
  const detail = `${work.where}: order number ${JSON.stringify(order)} is missing or not usable`
  work.draft.refusals.push(malformed('no-order-number', detail))
  return undefined
}

export type NamedOrder = { readonly order: string; readonly orderRef: string; readonly word: OrderWord }

/** What a document's code says of the order. Undefined where that has no effect, or is refused: it is told then. */
export function wordOf(
  work: Work,
  order: string,
  {
    code,
    kind,
    words,
    noEffect,
  }: {
    readonly code: string
    readonly kind: 'purpose' | 'status'
    readonly words: Readonly<Record<string, OrderWord>>
    readonly noEffect: Readonly<Record<string, string>>
  },
): NamedOrder | undefined {
  if (Object.hasOwn(noEffect, code)) return void withoutEffect(work, order, noEffect[code]!)
  const orderRef = orderNamed(work, order)
  if (orderRef === undefined) return undefined
  if (!Object.hasOwn(words, code)) return void unsupportedStatus(work, order, `${kind} ${code}`)
  return { order, orderRef, word: words[code]! }
}

/** Set purposes (element 353) of a customer's documents that ask for nothing. */
export const ASKS_NOTHING: Readonly<Record<string, string>> = {
  '22': 'is an information copy',
  '28': 'is a query',
}

/** The lines of a document, all of them or none: what is wrong with any is told. */
export function allLines<T>(work: Work, read: readonly Result<T, Refusal>[]): readonly T[] | undefined {
  for (const it of read) if (!it.ok) work.draft.refusals.push(it.error)
  return read.every((it) => it.ok) ? read.map((it) => it.value) : undefined
}

/** Writes the word as an event. Only a new order and a cancellation are the same fact whichever interchange brings them. */
export function tellOrder(work: Work, { order, orderRef, word }: NamedOrder, lines: readonly object[]): void {
  const { set } = work.transaction
  const keys = { accepted: `${set}/${order}`, cancelled: `${set}/${order}/cancelled` }
  const stated = word === 'cancelled' ? {} : { lines, ...(word === 'replaced' ? { isWhole: true } : {}) }
  if (word === 'changed')
    work.draft.warnings.push(`${work.where}: order ${order} is changed; lines that it does not name stay`)
  const event = {
    type: `plimsoll.order.${word === 'replaced' ? 'changed' : word}`,
    id: `${work.idPrefix}/${order}`,
    source: work.source,
    at: timeOf(work, '', '', 'start'),
    ...(word === 'accepted' || word === 'cancelled' ? { businesskey: keys[word] } : {}),
    data: { orderRef, channel: channelOf(work), ...stated },
  }
  take(work.draft, canonicalEvent(event as never, work.where))
}

export function unsupportedStatus(work: Work, order: string, said: string): void {
  const detail = `${work.where}: ${said} of order ${order} is not taken from ${work.transaction.set}s`
  work.draft.refusals.push(outOfPolicy('unsupported-order-status', detail))
}

export const withoutEffect = (work: Work, order: string, why: string): void =>
  void work.draft.warnings.push(`${work.where}: order ${order} ${why}; it has no effect`)

/** The day by which goods have to leave: requested ship, ship no later than, requested delivery, deliver no later than. */
const DUE_DATES = ['010', '038', '002', '063']

export type Shared = { readonly node: Result<string | undefined, Refusal>; readonly dueAt: Instant | null }

/** What the header says for every line: where the goods come from, where it says that, and until when. */
export function sharedOf(work: Work, header: readonly Segment[]): Shared {
  const places = placesIn(header, work.transaction.set)
  return {
    node: places.length === 0 ? ok(work.codes.defaultNode ?? undefined) : nodeOf(work, places, work.where),
    dueAt: dueIn(work, header),
  }
}

function dueIn(work: Work, segments: readonly Segment[]): Instant | null {
  for (const qualifier of DUE_DATES) {
    const dtm = find(segments, 'DTM', qualifier)
    const due = dtm && statedInstant(dtm, work.transaction.envelope, 'start')
    if (due !== null && due !== undefined) return due
  }
  return null
}

/** Where a line has its unit, and the first of its id pairs. */
export type LineLayout = { readonly unit: number; readonly firstPair: number }

export function orderLine(
  work: Work,
  line: Line,
  quantity: Result<Decimal, Refusal>,
  shared: Shared,
  { unit: unitAt, firstPair }: LineLayout,
) {
  const where = whereOf(work, line)
  if (!quantity.ok) return quantity
  if (!shared.node.ok) return shared.node
  const sku = skuOf(work, idsFrom(line.head, firstPair), where)
  if (!sku.ok) return sku
  const number = usableRef(line.number, 32)
  if (number === undefined)
    return err(
      malformed('no-line-number', `${where}: line number ${JSON.stringify(line.number)} is not usable`),
    )
  const unit = componentsOf(line.head, unitAt)[0]!
  const uom = unit === '' ? undefined : work.codes.uom(unit)
  const count = counted(work.codes, { sku: sku.value, uom }, quantity.value, where)
  if (!count.ok) return count
  const dueAt = dueIn(work, line.body) ?? shared.dueAt
  return ok({
    line: number,
    sku: sku.value,
    quantity: count.value.quantity,
    ...(count.value.uom === undefined ? {} : { uom: count.value.uom }),
    ...(shared.node.value === undefined ? {} : { node: shared.node.value }),
    ...(dueAt === null ? {} : { dueAt: formatInstant(dueAt) }),
  })
}
