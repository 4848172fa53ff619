import type { Explanation } from '../../shared/contract/availability-api.ts'
import { allocate, poolOf } from '../../shared/domain/allocation.ts'
import { classFor, rulesFor } from '../../shared/domain/rules.ts'
import { formatInstant, startOfDay } from '../../shared/kernel/clock.ts'
import { figureOf } from '../../shared/snapshot/figure.ts'
import type { Books } from '../ledger/core/books.ts'
import type { NodeFigures, SkuFigures } from '../ledger/core/figures.ts'
import { demandFor } from '../ledger/core/demand-figures.ts'
import { keptBack, stockByNode } from '../ledger/core/node-figures.ts'
import { PHYSICAL_STATES } from '../ledger/core/positions.ts'
import { toComeOf } from '../ledger/core/promise-of.ts'
import { snapshotRowOf } from '../ledger/core/snapshot-row.ts'
import type { Ask, View } from './availability-view.ts'
import { policiesBehind } from './policies-behind.ts'

/** The numbers an answer came from, from what lies on the shelves to what the class may sell. */
export function explanationOf(view: View, figures: SkuFigures, ask: Ask): Explanation {
  const { books, rules, now } = view
  const list = rulesFor(rules, figures)
  const { demandByClass, demandTotal } = figures.inputs
  const sku = books.skus.find(figures.sku)
  // A channel with a safety stock of its own sees other figures than anyone.
  const { gross, pool } = poolOf(figures.inputs, ask.channel)
  return {
    nodes: figures.nodes.map((node) => nodeOf(view, sku, asSeenBy(view, figures, node, ask))),
    policies: policiesBehind(view, figures, ask),
    ...(figures.kit.length > 0 ? { kit: kitOf(view, figures, ask) } : {}),
    supply: supplyOf(view, sku),
    demandByDay: demandByDay(books, sku, now),
    demandByKits: figures.demandByKits,
    gross,
    demandUnassigned: figures.unassignedDepleting,
    demandTotal,
    demandByClass: Object.fromEntries(demandByClass),
    pool,
    rules: [...list],
    class: ask.channel === undefined ? null : classOf(figures, list, ask.channel, ask.segment),
  }
}

function asSeenBy(
  { books, now }: View,
  { sku, tier }: SkuFigures,
  node: NodeFigures,
  { channel }: Ask,
): NodeFigures {
  if (channel === undefined || !books.master.channelsOf('safetyStock').has(channel)) return node
  const at = stockByNode(books, books.skus.find(sku), now).find(({ name }) => name === node.node)
  if (!at) return node
  const kept = keptBack(books, at, { sku, tier, channel }, now)
  return {
    ...node,
    ...kept,
    availableToSell: node.sellable - node.demand - kept.safetyStock - kept.heldBack,
  }
}

function nodeOf(
  { books }: View,
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

function supplyOf({ books, now }: View, sku: number): Explanation['supply'] {
  return books.supply.ofSku(sku).flatMap((it) => {
    const { quantity, at } = toComeOf(it)
    if (quantity === 0) return []
    const node = books.nodes.textOf(it.node)
    const sells = books.master.node(node)?.sells === true
    const standing = !sells
      ? 'not-for-sale'
      : at === null
        ? 'undated'
        : at < startOfDay(now)
          ? 'late'
          : 'expected'
    return [{ ref: it.ref, node, quantity, at: at === null ? null : formatInstant(at), standing } as const]
  })
}

function demandByDay(books: Books, sku: number, now: number): Explanation['demandByDay'] {
  const days = new Map<number, number>()
  for (const { dueDay, open } of demandFor(books, sku, now)) days.set(dueDay, (days.get(dueDay) ?? 0) + open)
  return [...days]
    .sort(([a], [b]) => a - b)
    .map(([day, quantity]) => ({ date: day === 0 ? null : formatInstant(day).slice(0, 10), quantity }))
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
