import type { Explanation } from '../../shared/contract/availability-api.ts'
import { allocate } from '../../shared/domain/allocation.ts'
import { classFor, rulesFor } from '../../shared/domain/rules.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { figureOf } from '../../shared/snapshot/figure.ts'
import type { Books } from '../ledger/core/books.ts'
import type { NodeFigures, SkuFigures } from '../ledger/core/figures.ts'
import { PHYSICAL_STATES } from '../ledger/core/positions.ts'
import { snapshotRowOf } from '../ledger/core/snapshot-row.ts'
import type { Ask, View } from './availability-view.ts'

/** The numbers an answer came from, from what lies on the shelves to what the class may sell. */
export function explanationOf(view: View, figures: SkuFigures, ask: Ask): Explanation {
  const { books, rules } = view
  const list = rulesFor(rules, figures)
  const { gross, pool, demandByClass, demandTotal } = figures.inputs
  return {
    nodes: figures.nodes.map((node) => nodeOf(books, books.skus.find(figures.sku), node)),
    policies: [],
    ...(figures.kit.length > 0 ? { kit: kitOf(view, figures, ask) } : {}),
    demandByKits: figures.demandByKits,
    gross,
    demandUnassigned: figures.unassigned,
    demandTotal,
    demandByClass: Object.fromEntries(demandByClass),
    pool,
    rules: [...list],
    class: ask.channel === undefined ? null : classOf(figures, list, ask.channel, ask.segment),
  }
}

function nodeOf(
  books: Books,
  sku: number,
  { state, asOf, ...node }: NodeFigures,
): Explanation['nodes'][number] {
  return {
    ...node,
    asOf: asOf === 0 ? null : formatInstant(asOf),
    source: state.source,
    condition: state.condition,
    counts: countsAt(books, sku, node.node),
  }
}

/** The counts that a sku's states at a node stand on, lot by lot. */
function countsAt(
  { positions, lots, nodes }: Books,
  sku: number,
  node: string,
): Explanation['nodes'][number]['counts'] {
  const found: Explanation['nodes'][number]['counts'] = []
  for (const slot of positions.ofSku(sku)) {
    if (nodes.textOf(positions.nodeOf(slot)) !== node) continue
    const lot = positions.lotOf(slot)
    for (const state of PHYSICAL_STATES) {
      const count = positions.countOf(slot, state)
      if (!count) continue
      const { sourceName: source, id, asOf } = count
      found.push({
        ...(lot < 0 ? {} : { lot: lots.textOf(lot) }),
        state,
        source,
        id,
        asOf: formatInstant(asOf),
      })
    }
  }
  return found
}

function kitOf({ rules }: View, { kit }: SkuFigures, ask: Ask): NonNullable<Explanation['kit']> {
  return kit.map(({ quantity, figures }) => {
    const availableToSell = figureOf(snapshotRowOf(figures), rules, ask)
    return { sku: figures.sku, quantity, availableToSell, kits: Math.floor(availableToSell / quantity) }
  })
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
