import type { Rules } from '../../../shared/contract/push.ts'
import type { AllocationInputs } from '../../../shared/domain/allocation.ts'
import { type AvailableToPromise, availableToPromise } from '../../../shared/domain/promise.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { DepletionMode } from '../../../shared/domain/policy.ts'
import type { Tier } from '../../../shared/domain/tier.ts'
import type { SnapshotRow } from '../../../shared/snapshot/row.ts'
import type { Books } from './books.ts'
import { CLASS_UNKNOWN, UNASSIGNED } from './demand-line.ts'

/** A node's figures for one sku, over its lots. Units of the item's base unit. */
type NodeFigures = {
  readonly node: string
  readonly onHand: number
  readonly damaged: number
  readonly quarantined: number
  readonly inTransit: number
  /** Open demand promised from this node, and the same as assigned to it. */
  readonly reserved: number
  readonly allocated: number
  readonly picked: number
  readonly sellable: number
  readonly safetyStock: number
  /** What the depletion policy takes off here. */
  readonly demand: number
  /** sellable − demand − safetyStock: negative when stock shrank under a promise. */
  readonly availableToSell: number
  readonly asOf: number
  readonly sells: boolean
}

export type SkuFigures = {
  readonly sku: string
  readonly tier: Tier
  readonly nodes: readonly NodeFigures[]
  /** Open demand of any node and of none. */
  readonly reserved: number
  readonly unassigned: number
  readonly inputs: AllocationInputs
}

type Demand = { open: number; picked: number; depleting: number }

/** Everything that is derived of one sku. Pure: the same books give the same figures. */
export function figuresOf(books: Books, sku: number): SkuFigures {
  const name = books.skus.textOf(sku)
  const tier = books.master.tierOf(name)
  const demand = demandOf(books, sku, tier)
  const nodes = nodeFigures(books, sku, tier, demand.byNode)
  const selling = nodes.filter(({ sells }) => sells)
  const unassigned = demand.byNode.get(UNASSIGNED)
  return {
    sku: name,
    tier,
    nodes,
    reserved: [...demand.byNode.values()].reduce((sum, { open }) => sum + open, 0),
    unassigned: unassigned?.open ?? 0,
    inputs: {
      gross: selling.reduce((sum, n) => sum + Math.max(0, n.sellable - n.safetyStock), 0),
      pool:
        selling.reduce((sum, n) => sum + Math.max(0, n.availableToSell), 0) - (unassigned?.depleting ?? 0),
      demandByClass: demand.byClass,
      demandTotal: demand.total,
    },
  }
}

const HORIZON_DAYS_DEFAULT = 30

/** What can be promised of a sku day by day: stock, announced supply at nodes that sell, and all open demand. */
export function promiseOf(
  books: Books,
  sku: number,
  { gross }: AllocationInputs,
  now: Instant,
): AvailableToPromise[] {
  const name = books.skus.textOf(sku)
  const policy = books.master.policy('atp', { sku: name, tier: books.master.tierOf(name) })
  const confidence = policy?.receiptConfidencePercent ?? 100
  const supply = books.supply.ofSku(sku).flatMap((it) => {
    const sells = books.master.node(books.nodes.textOf(it.node))?.sells === true
    if (it.expected === null || !sells) return []
    const toCome = Math.max(0, it.expected.quantity - it.received)
    return [{ at: it.expected.expectedAt, quantity: Math.floor((toCome * confidence) / 100) }]
  })
  const demand = [...books.demand.cellsOf(sku)].map(({ dueDay, open }) => ({ at: dueDay, quantity: open }))
  return availableToPromise({
    now,
    gross,
    supply,
    demand,
    horizonDays: policy?.horizonDays ?? HORIZON_DAYS_DEFAULT,
  })
}

/** What travels to the edge for a sku. */
export function snapshotRowOf(figures: SkuFigures): SnapshotRow {
  return {
    sku: figures.sku,
    tier: figures.tier,
    inputs: figures.inputs,
    nodes: figures.nodes
      .filter((n) => n.sells && n.availableToSell > 0)
      .map(({ node, availableToSell }) => ({ node, availableToSell })),
  }
}

/** The region's rule document for the edge. */
export function rulesOf(books: Books): Rules {
  const allocation: Rules['allocation'] = {}
  for (const { body } of books.master.all('policy').values()) {
    if (body.kind === 'allocation') allocation[body.scope] = body.body.rules
  }
  const freshForMs = { A: 0, B: 0, C: 0 }
  for (const tier of ['A', 'B', 'C'] as const) freshForMs[tier] = books.master.tierSettings(tier).freshForMs
  return { version: books.master.version, allocation, freshForMs }
}

function demandOf(
  books: Books,
  sku: number,
  tier: Tier,
): { byNode: Map<number, Demand>; byClass: Map<string, number>; total: number } {
  const byNode = new Map<number, Demand>()
  const byClass = new Map<string, number>()
  let total = 0
  for (const cell of books.demand.cellsOf(sku)) {
    const depleting = depletingOf(cell, depletionMode(books, sku, tier, cell.demandClass))
    const at = byNode.get(cell.node) ?? { open: 0, picked: 0, depleting: 0 }
    byNode.set(cell.node, {
      open: at.open + cell.open,
      picked: at.picked + cell.picked,
      depleting: at.depleting + depleting,
    })
    // A pick whose order has not been heard of is demand of no class yet: in the total, and in nobody's share.
    if (depleting > 0 && cell.demandClass !== CLASS_UNKNOWN) {
      byClass.set(cell.demandClass, (byClass.get(cell.demandClass) ?? 0) + depleting)
    }
    total += depleting
  }
  return { byNode, byClass, total }
}

function depletionMode(books: Books, sku: number, tier: Tier, demandClass: string): DepletionMode {
  const channel = demandClass.split('/')[0]!
  return (
    books.master.policy('depletion', { sku: books.skus.textOf(sku), tier, channel })?.mode ?? 'reservation'
  )
}

function depletingOf(cell: { open: number; picked: number }, mode: DepletionMode): number {
  if (mode === 'reservation') return cell.open
  return mode === 'pick' ? cell.picked : 0
}

function nodeFigures(
  books: Books,
  sku: number,
  tier: Tier,
  demand: ReadonlyMap<number, Demand>,
): NodeFigures[] {
  const physical = new Map<number, Physical>()
  for (const slot of books.positions.ofSku(sku)) addLot(books, physical, slot)
  for (const node of demand.keys())
    if (node !== UNASSIGNED && !physical.has(node)) physical.set(node, nothingThere())
  return [...physical]
    .flatMap(([node, at]) => {
      const name = books.nodes.textOf(node)
      const master = books.master.node(name)
      if (!master) return [] // an end of a transfer that lies in another region
      const sellable = at.onHand - at.damaged - at.quarantined
      const safetyStock = safetyStockOf(books, sku, tier, name, sellable)
      const { open = 0, picked = 0, depleting = 0 } = demand.get(node) ?? {}
      const availableToSell = sellable - depleting - safetyStock
      const promised = { reserved: open, allocated: open, picked, demand: depleting }
      return [{ node: name, ...at, ...promised, sellable, safetyStock, availableToSell, sells: master.sells }]
    })
    .sort((a, b) => (a.node < b.node ? -1 : 1))
}

type Physical = { onHand: number; damaged: number; quarantined: number; inTransit: number; asOf: number }

const nothingThere = (): Physical => ({ onHand: 0, damaged: 0, quarantined: 0, inTransit: 0, asOf: 0 })

function addLot({ positions }: Books, physical: Map<number, Physical>, slot: number): void {
  const node = positions.nodeOf(slot)
  const at = physical.get(node) ?? nothingThere()
  physical.set(node, {
    onHand: at.onHand + positions.value(slot, 'onHand'),
    damaged: at.damaged + positions.value(slot, 'damaged'),
    quarantined: at.quarantined + positions.value(slot, 'quarantined'),
    inTransit: at.inTransit + positions.inTransit(slot),
    asOf: Math.max(at.asOf, positions.asOf(slot)),
  })
}

function safetyStockOf(books: Books, sku: number, tier: Tier, node: string, sellable: number): number {
  const policy = books.master.policy('safetyStock', { sku: books.skus.textOf(sku), tier, node })
  if (!policy) return 0
  return 'quantity' in policy ? policy.quantity : Math.ceil((Math.max(0, sellable) * policy.percent) / 100)
}
