import * as z from 'zod'
import { Explanation, RegionAvailabilityAnswer } from '../../shared/contract/availability-api.ts'
import { allocate } from '../../shared/domain/allocation.ts'
import { Channel, NodeId, Segment } from '../../shared/domain/ids.ts'
import { classFor, rulesFor } from '../../shared/domain/rules.ts'
import type { Region } from '../../shared/domain/ids.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import type { Books } from '../ledger/core/books.ts'
import { figureOf } from '../../shared/snapshot/figure.ts'
import { figuresOf, promiseOf, rulesOf, type SkuFigures, snapshotRowOf } from '../ledger/core/figures.ts'
import type { RegionHub } from '../region-hub.ts'

/** Who asks, and of which place. */
export const Ask = z.strictObject({
  channel: Channel.optional(),
  segment: Segment.optional(),
  node: NodeId.optional(),
})
export type Ask = z.infer<typeof Ask>

/** A region's books at a moment: now's, or as they were. */
export type View = {
  readonly region: Region
  readonly books: Books
  /** The journal sequence that the books reflect. */
  readonly version: number
  readonly now: Instant
}

export const viewOf = ({ region, clock, writer: { ledger } }: RegionHub): View => ({
  region,
  books: ledger.books,
  version: ledger.sequence,
  now: clock.now(),
})

/** The region's own answer: from the ledger itself, so it is of this moment. Null for a sku that is no item here. */
export function answerOf(
  { region, books, version, now }: View,
  sku: string,
  ask: Ask,
  explain = false,
): RegionAvailabilityAnswer | null {
  if (!books.master.item(sku)) return null
  const index = books.skus.find(sku)
  const figures = figuresOf(books, index)
  const rules = rulesOf(books)
  return {
    sku: figures.sku as RegionAvailabilityAnswer['sku'],
    region,
    ...ask,
    availableToSell: figureOf(snapshotRowOf(figures), rules, ask),
    availableToPromise: promiseOf(books, index, figures.inputs, now),
    tier: figures.tier,
    version,
    asOf: formatInstant(now),
    age: 0,
    freshness: 'fresh',
    reasons: figures.nodes.filter((n) => n.availableToSell < 0).map((n) => `negative-at:${n.node}`),
    ...(explain ? { explain: explanationOf(figures, rules, ask) } : {}),
  }
}

/** The numbers an answer came from, from what lies on the shelves to what the class may sell. */
function explanationOf(figures: SkuFigures, rules: ReturnType<typeof rulesOf>, ask: Ask): Explanation {
  const list = rulesFor(rules, figures)
  const { gross, pool, demandByClass, demandTotal } = figures.inputs
  return {
    nodes: figures.nodes.map(({ asOf, ...node }) => ({
      ...node,
      asOf: asOf === 0 ? null : formatInstant(asOf),
      source: null,
      condition: 'fresh',
      heldBack: 0,
      isExcluded: false,
      counts: [],
    })),
    policies: [],
    demandByKits: 0,
    gross,
    demandUnassigned: figures.unassigned,
    demandTotal,
    demandByClass: Object.fromEntries(demandByClass),
    pool,
    rules: [...list],
    class: ask.channel === undefined ? null : classOf(figures, list, ask.channel, ask.segment),
  }
}

function classOf(
  figures: SkuFigures,
  list: ReturnType<typeof rulesFor>,
  channel: string,
  segment: string | undefined,
): Explanation['class'] {
  const demandClass = classFor(list, channel, segment)
  return { class: demandClass, ...allocate(figures.inputs, list, demandClass) }
}
