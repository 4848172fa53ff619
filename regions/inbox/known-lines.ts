import type { CanonicalEvent } from '../../shared/contract/events.ts'
import type { Books } from '../ledger/core/books.ts'
import { aliasOf, type DemandLine, isNamedBy, LINE_DEFAULT } from '../ledger/core/demand-line.ts'

type Told = Pick<Books, 'demand' | 'skus'>
type Line = { readonly line: string; readonly sku: string; readonly quantity?: number | undefined }

/**
 * One order, told by several systems, each with numbers of its own for the lines: what a later one calls otherwise gets the name
 * that the line is known by here, and `statedLine` keeps the one that was said. By its own name a line is always known; else by
 * what this source called it before; else it is the line of the same item that this source has not named yet.
 */
export function withKnownLines(event: CanonicalEvent, told: Told): CanonicalEvent {
  switch (event.type) {
    case 'plimsoll.order.accepted':
    case 'plimsoll.order.changed':
    case 'plimsoll.order.cancelled': {
      const { orderRef, lines } = event.data
      const known = told.demand.linesOf(orderRef)
      if (!lines || known.length === 0) return event
      const names = namesOf(lines, known, event.source, told)
      if (names.every((name, n) => name === lines[n]!.line)) return event
      const renamed = lines.map((it, n) =>
        names[n] === it.line ? it : { ...it, line: names[n]!, statedLine: it.line },
      )
      return { ...event, data: { ...event.data, lines: renamed } } as CanonicalEvent
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
