import * as z from 'zod'
import type { Freshness, RegionAvailabilityAnswer } from '../../shared/contract/availability-api.ts'
import type { Rules } from '../../shared/contract/push.ts'
import { Channel, NodeId, Segment, type Region, type Sku } from '../../shared/domain/ids.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import { figureOf } from '../../shared/snapshot/figure.ts'
import type { Books } from '../ledger/core/books.ts'
import { figuresOf, type NodeFigures, type SkuFigures } from '../ledger/core/figures.ts'
import { promiseOf } from '../ledger/core/promise-of.ts'
import { rulesOf, snapshotRowOf } from '../ledger/core/snapshot-row.ts'
import type { RegionHub } from '../region-hub.ts'
import { explanationOf } from './explanation.ts'

/** Who asks, and of which place. */
export const Ask = z.strictObject({
  channel: Channel.optional(),
  segment: Segment.optional(),
  node: NodeId.optional(),
})
export type Ask = z.infer<typeof Ask>

/** What an answer tells beyond the figure. */
export type Wish = { readonly explain?: boolean; readonly substitutes?: boolean }

/** A region's books at a moment: now's, or as they were. */
export type View = {
  readonly region: Region
  readonly books: Books
  /** The journal sequence that the books reflect. */
  readonly version: number
  readonly now: Instant
  /** Of that moment, made once for all skus of a query. */
  readonly rules: Rules
}

export function viewAt(region: Region, books: Books, version: number, now: Instant): View {
  return { region, books, version, now, rules: rulesOf(books, version, now) }
}

export const viewOf = ({ region, clock, writer: { ledger } }: RegionHub): View =>
  viewAt(region, ledger.books, ledger.sequence, clock.now())

/** The region's own answer: from the ledger itself, so it is of this moment. Null for a sku that is no item here. */
export function answerOf(view: View, sku: string, ask: Ask, wish: Wish = {}): RegionAvailabilityAnswer | null {
  const { region, books, version, now, rules } = view
  const item = books.master.item(sku)
  if (!item) return null
  const figures = figuresOf(books, books.skus.find(sku), now)
  const availableToSell = figureOf(snapshotRowOf(figures), rules, ask)
  const isOffered = (item.substitutes?.length ?? 0) > 0 && (availableToSell === 0 || wish.substitutes === true)
  return {
    sku: figures.sku as Sku,
    region,
    ...ask,
    availableToSell,
    availableToPromise: promiseOf(books, figures, rules, ask, now),
    tier: figures.tier,
    version,
    asOf: formatInstant(now),
    age: 0,
    ...truthOf(figures, ask),
    ...(isOffered ? { substitutes: substitutesOf(view, item.substitutes!, ask) } : {}),
    ...(wish.explain ? { explain: explanationOf(view, figures, ask) } : {}),
  }
}

type Substitutes = NonNullable<RegionAvailabilityAnswer['substitutes']>

/** Those that are items here, each with its own figure: they are offered beside, never added up. */
function substitutesOf({ books, now, rules }: View, skus: readonly string[], ask: Ask): Substitutes {
  return skus
    .filter((sku) => books.master.item(sku) !== undefined)
    .map((sku) => {
      const row = snapshotRowOf(figuresOf(books, books.skus.find(sku), now))
      return { sku: sku as Sku, availableToSell: figureOf(row, rules, ask) }
    })
}

/** How far the figure can be believed: what is known of a node is as good as the source that tells of it. */
function truthOf(figures: SkuFigures, ask: Ask): { freshness: Freshness; reasons: string[] } {
  const reasons = new Set<string>()
  let freshness: Freshness = 'fresh'
  for (const { node, availableToSell, sells, state } of nodesBehind(figures)) {
    if (!sells || (ask.node !== undefined && ask.node !== node)) continue
    if (availableToSell < 0) reasons.add(`negative-at:${node}`)
    if (state.condition === 'fresh') continue
    reasons.add(`source-${state.condition}:${state.source}@${node}`)
    if (state.step.action !== 'serve') freshness = 'degraded'
    else if (freshness === 'fresh') freshness = 'stale'
  }
  return { freshness, reasons: [...reasons] }
}

/** The nodes that a figure came from: of a kit also its components'. */
function* nodesBehind({ nodes, kit }: SkuFigures): Generator<NodeFigures> {
  yield* nodes
  for (const { figures } of kit) yield* nodesBehind(figures)
}
