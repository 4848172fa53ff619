import { kitFigure, type KitPart } from '../../../shared/domain/kit.ts'
import type { PolicyBody, SourcingAim } from '../../../shared/domain/policy.ts'
import type { SkuFigures } from '../../ledger/core/figures.ts'

export type LineToSource = {
  readonly line: string
  readonly sku: string
  readonly quantity: number
  readonly figures: SkuFigures
}

export type SourcedLine = {
  readonly line: string
  readonly sku: string
  readonly nodes: readonly { readonly node: string; readonly quantity: number }[]
}

export type SourcingRule = Pick<PolicyBody<'sourcing'>, 'by' | 'priority' | 'nearest'>

/** Where no policy says otherwise: one parcel rather than two, and from where there is most. */
export const SOURCING_DEFAULT: SourcingRule = { by: ['fewestSplits', 'mostStock'] }

export type Place = {
  readonly node: string
  readonly zone?: string | undefined
}

type Choice = Place & { readonly offers: ReadonlyMap<string, number> }

/**
 * Assigns the lines of an order to nodes. One node for all of it where `fewestSplits` is an aim and one can; else each line
 * goes to the best node that serves it whole; what no node serves whole is taken from several, the best first. What is
 * left over is assigned to none.
 */
export function sourceOrder(
  lines: readonly LineToSource[],
  places: readonly Place[],
  rule: SourcingRule,
  toZone?: string,
): SourcedLine[] {
  const free = new Map<string, Map<string, number>>()
  const choices = places.map((place): Choice => {
    const offers = new Map(lines.map(({ sku, figures }) => [sku, offerAt(figures, place.node)]))
    free.set(place.node, offers)
    return { ...place, offers }
  })
  const compare = comparing(rule, lines, toZone)
  const sourced = new Map<LineToSource, SourcedLine['nodes']>()
  const take = (line: LineToSource, node: string, quantity: number): void => {
    const offers = free.get(node)!
    offers.set(line.sku, offers.get(line.sku)! - quantity)
    sourced.set(line, [...(sourced.get(line) ?? []), { node, quantity }])
  }
  const isWhole = (line: LineToSource, { offers }: Choice): boolean => offers.get(line.sku)! >= line.quantity

  let left = [...lines]
  while (rule.by.includes('fewestSplits') && left.length > 0) {
    const counted = choices.map((choice) => ({ choice, serves: served(left, choice) }))
    const [best] = counted.sort((a, b) => b.serves.length - a.serves.length || compare(a.choice, b.choice))
    if (!best || best.serves.length === 0) break
    for (const line of best.serves) take(line, best.choice.node, line.quantity)
    left = left.filter((line) => !best.serves.includes(line))
  }
  for (const line of left) {
    const ranked = [...choices].sort(compare)
    const whole = ranked.find((choice) => isWhole(line, choice))
    let open = line.quantity
    for (const { node } of whole ? [whole] : ranked) {
      const quantity = Math.min(open, Math.max(0, free.get(node)!.get(line.sku)!))
      if (quantity > 0) take(line, node, quantity)
      open -= quantity
    }
  }
  return lines.map((line) => ({ line: line.line, sku: line.sku, nodes: sourced.get(line) ?? [] }))
}

/** The lines a place serves whole, one after the other: two lines of one sku take from the same stock. */
function served(lines: readonly LineToSource[], { offers }: Choice): LineToSource[] {
  const left = new Map(offers)
  return lines.filter(({ sku, quantity }) => {
    const offer = left.get(sku)!
    if (offer < quantity) return false
    left.set(sku, offer - quantity)
    return true
  })
}

/** What can be given from one node: of a kit what stands there, and what can be put together there. */
function offerAt(figures: SkuFigures, node: string): number {
  return Math.max(0, kitFigure(partAt(figures, node)))
}

const partAt = (figures: SkuFigures, node: string): KitPart => {
  const at = figures.nodes.find((it) => it.node === node)
  return {
    sku: figures.sku,
    own: at && at.sells && !at.isExcluded ? Math.max(0, at.availableToSell) : 0,
    parts: figures.kit.map(({ quantity, figures: part }) => ({ quantity, part: partAt(part, node) })),
  }
}

function comparing(
  { by, priority = [], nearest = {} }: SourcingRule,
  lines: readonly LineToSource[],
  toZone: string | undefined,
): (a: Choice, b: Choice) => number {
  const zones = toZone === undefined ? [] : (nearest[toZone] ?? [])
  const place = <T>(list: readonly T[], it: T): number => (list.includes(it) ? list.indexOf(it) : list.length)
  const stock = ({ offers }: Choice): number =>
    lines.reduce((sum, { sku, quantity }) => sum + Math.min(quantity, offers.get(sku)!), 0)
  const plenty = ({ offers }: Choice): number => lines.reduce((sum, { sku }) => sum + offers.get(sku)!, 0)
  const aims: Record<SourcingAim, (a: Choice, b: Choice) => number> = {
    fewestSplits: (a, b) => stock(b) - stock(a),
    priority: (a, b) => place(priority, a.node as never) - place(priority, b.node as never),
    nearest: (a, b) => place(zones, a.zone ?? '') - place(zones, b.zone ?? ''),
    mostStock: (a, b) => plenty(b) - plenty(a),
  }
  return (a, b) => {
    for (const aim of by) {
      const order = aims[aim](a, b)
      if (order !== 0) return order
    }
    return a.node < b.node ? -1 : 1
  }
}
