import type { CanonicalEvent } from '../../shared/contract/events.ts'
import type { Books } from '../ledger/core/books.ts'
import { aliasOf, type DemandLine, isNamedBy, LINE_DEFAULT } from '../ledger/core/demand-line.ts'

type Told = Pick<Books, 'demand' | 'skus'>
type Line = { readonly line: string; readonly sku: string; readonly quantity?: number | undefined }

/**
 * One order, told by several systems, each with numbers of its own for the lines: what a later one calls otherwise gets the name
 * that the line is known by here, and `statedLine` keeps the one that was said. By its own name a line is always known; else by
 * what this source called it before; else it is the line of the same item that this source has not named yet. Lines that are meant
 * and not named are added.
 */
export function withKnownLines(event: CanonicalEvent, told: Told): CanonicalEvent {
  switch (event.type) {
    case 'plimsoll.order.accepted':
    case 'plimsoll.order.changed':
    case 'plimsoll.order.cancelled': {
      const known = told.demand.linesOf(event.data.orderRef)
      return known.length === 0 ? event : withUnsaid(renamed(event, known, told), known, told)
    }
    case 'plimsoll.stock.picked':
    case 'plimsoll.stock.shipped':
    case 'plimsoll.fulfilment.short': {
      const { orderRef, line, quantity } = event.data
      const known = orderRef === undefined ? [] : told.demand.linesOf(orderRef)
      const said = line ?? LINE_DEFAULT
      const name = workedOn({ line: said, sku: event.subject, quantity }, known, event.source, told)
      if (name === said) return event
      const data = { ...event.data, line: name, statedLine: line ?? '' }
      return { ...event, data } as unknown as CanonicalEvent
    }
    default:
      return event
  }
}

type OrderEvent = Extract<CanonicalEvent, { type: `plimsoll.order.${string}` }>

function renamed(event: OrderEvent, known: readonly DemandLine[], told: Told): OrderEvent {
  const { lines } = event.data
  if (!lines) return event
  const names = namesOf(lines, known, event.source, told)
  if (names.every((name, n) => name === lines[n]!.line)) return event
  const said = lines.map((it, n) =>
    names[n] === it.line ? it : { ...it, line: names[n]!, statedLine: it.line },
  )
  return { ...event, data: { ...event.data, lines: said } } as OrderEvent
}

/**
 * A source that tells an order whole wants no more of the lines that it told of before and doesn't name now, and one that is called off until
 * it is opened again wants nothing, whoever told of it: the lines that are meant are added, each with a quantity of zero, which a
 * later word may raise again.
 */
function withUnsaid(event: OrderEvent, known: readonly DemandLine[], { skus }: Told): OrderEvent {
  if (!needsKnownLines(event)) return event
  const { lines = [], channel, mayReopen } = event.data
  const unsaid = known
    .filter((it) => it.terms !== null && (mayReopen === true || isToldBy(it, event.source)))
    .map(({ line, sku }) => ({ line, sku: skus.textOf(sku) }))
    .filter((it) => !lines.some(({ line, sku }) => line === it.line && sku === it.sku))
    .map(({ line, sku }) => ({ line, sku, quantity: 0, isUnsaid: true }))
  if (unsaid.length === 0 || channel === undefined) return event
  const type = event.type === 'plimsoll.order.cancelled' ? 'plimsoll.order.changed' : event.type
  return { ...event, type, data: { ...event.data, lines: [...lines, ...unsaid] } } as unknown as OrderEvent
}

/** Whether an event means lines that it does not name. */
export function needsKnownLines(event: CanonicalEvent): boolean {
  switch (event.type) {
    case 'plimsoll.order.accepted':
    case 'plimsoll.order.changed':
      return event.data.isWhole === true || event.data.mayReopen === true
    case 'plimsoll.order.cancelled':
      return event.data.mayReopen === true && event.data.lines === undefined
    default:
      return false
  }
}

/** The order that an event tells of. */
export function orderOf({ data }: CanonicalEvent): string | undefined {
  const { orderRef } = (data ?? {}) as { readonly orderRef?: string }
  return orderRef
}

function namesOf(
  lines: readonly Line[],
  known: readonly DemandLine[],
  source: string,
  { skus }: Told,
): readonly string[] {
  const taken = new Set<DemandLine>()
  const take = (found: DemandLine | undefined): string | undefined => {
    if (found) taken.add(found)
    return found?.line
  }
  const ofItem = ({ sku }: Line): DemandLine[] => {
    const id = skus.find(sku)
    return known.filter((it) => it.sku === id && !taken.has(it))
  }
  const sure = lines.map((line) =>
    take(
      ofItem(line).find((it) => it.line === line.line) ??
        ofItem(line).find((it) => it.aliases.includes(aliasOf(source, line.line))),
    ),
  )
  return lines.map((line, n) => {
    if (sure[n] !== undefined) return sure[n]
    const free = ofItem(line).filter((it) => !isToldBy(it, source))
    return take(free.find(({ terms }) => terms?.quantity === line.quantity) ?? free[0]) ?? line.line
  })
}

const isToldBy = (line: DemandLine, source: string): boolean =>
  line.terms?.rank[2] === source || isNamedBy(line, source)

/** The line that was worked on. A kit's parts are worked on under the kit's line, so a name that is known is right. */
function workedOn(
  { line, sku, quantity = 0 }: Line,
  known: readonly DemandLine[],
  source: string,
  { skus }: Told,
): string {
  if (known.length === 0 || known.some((it) => it.line === line)) return line
  const id = skus.find(sku)
  const ofItem = known.filter((it) => it.sku === id)
  const named = ofItem.find(({ aliases }) => aliases.includes(aliasOf(source, line)))
  const open = ofItem.find((it) => leftOf(it) >= quantity)
  return (named ?? open ?? ofItem[0])?.line ?? line
}

function leftOf({ terms, cancelled, work }: DemandLine): number {
  let left = (terms?.quantity ?? 0) - cancelled
  for (const { picked, shipped } of work.values()) left -= Math.max(picked, shipped)
  return left
}
