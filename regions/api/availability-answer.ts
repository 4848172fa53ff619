import * as z from 'zod'
import { Explanation, RegionAvailabilityAnswer } from '../../shared/contract/availability-api.ts'
import { allocate } from '../../shared/domain/allocation.ts'
import { Channel, NodeId, Segment } from '../../shared/domain/ids.ts'
import { classFor, rulesFor } from '../../shared/domain/rules.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
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

/** The region's own answer: from the ledger itself, so it is of this moment. Null for a sku that is no item here. */
export function answerOf(
  hub: RegionHub,
  sku: string,
  ask: Ask,
  explain = false,
): RegionAvailabilityAnswer | null {
  const { ledger } = hub.writer
  if (!ledger.books.master.item(sku)) return null
  const index = ledger.books.skus.find(sku)
  const figures = figuresOf(ledger.books, index)
  const rules = rulesOf(ledger.books)
  const now = hub.clock.now()
  return {
    sku: figures.sku as RegionAvailabilityAnswer['sku'],
    region: hub.region,
    ...ask,
    availableToSell: figureOf(snapshotRowOf(figures), rules, ask),
    availableToPromise: promiseOf(ledger.books, index, figures.inputs, now),
    tier: figures.tier,
    version: ledger.sequence,
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
    })),
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
