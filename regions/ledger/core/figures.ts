import type { AllocationInputs, ChannelPool, NodeOffer, Pool } from '../../../shared/domain/allocation.ts'
import { KIT_DEPTH_MAX } from '../../../shared/domain/kit.ts'
import { asFigure } from '../../../shared/domain/quantity.ts'
import type { Tier } from '../../../shared/domain/tier.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Books } from './books.ts'
import { type Cell, demandByKits, demandFor, depletingOf, depletionMode } from './demand-figures.ts'
import { CLASS_UNKNOWN, UNASSIGNED } from './demand-line.ts'
import { isExcluded, keptBack, type NodeStock, sellableOf, stockAt, stockByNode } from './node-figures.ts'
import type { NodeCondition } from './silence.ts'
import { tierOf } from './tier-of.ts'

/** A node's figures for one sku, over its lots. Units of the item's base unit. */
export type NodeFigures = {
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
  /** Kept back because the node's source is silent. */
  readonly heldBack: number
  /** What the depletion policy takes off here. */
  readonly demand: number
  /** sellable − demand − safetyStock − heldBack: negative when stock shrank under a promise. */
  readonly availableToSell: number
  readonly asOf: number
  readonly sells: boolean
  readonly isExcluded: boolean
  readonly state: NodeCondition
}

export type SkuFigures = {
  readonly sku: string
  readonly tier: Tier
  readonly nodes: readonly NodeFigures[]
  /** Open demand of any node and of none. */
  readonly reserved: number
  readonly unassigned: number
  /** Of that, what the depletion policy takes off the pool. */
  readonly unassignedDepleting: number
  /** Of that, what kits need of it. */
  readonly demandByKits: number
  readonly inputs: AllocationInputs
  /** What a kit is put together from. */
  readonly kit: readonly { readonly quantity: number; readonly figures: SkuFigures }[]
  readonly substitutes: readonly string[]
}

/** What is promised counts as the depletion policy says; who is about to promise more counts all that is promised. */
export type Counting = 'policy' | 'promised'

type Demand = { open: number; picked: number; depleting: number }

const NO_DEMAND: Demand = { open: 0, picked: 0, depleting: 0 }

/** Everything that is derived of one sku at a moment. Pure: the same books give the same figures. */
export function figuresOf(
  books: Books,
  sku: number,
  now: Instant,
  counting: Counting = 'policy',
  depth = 0,
): SkuFigures {
  const name = books.skus.textOf(sku)
  const tier = tierOf(books, sku, now)
  const ask = { sku: name, tier }
  const demand = demandOf(books, demandFor(books, sku, now), ask, counting)
  const stock = stockByNode(books, sku, now)
  for (const node of demand.byNode.keys()) if (node !== UNASSIGNED) stockAt(books, stock, node, now)
  const nodes = stock.map((at) => nodeFigures(books, at, demand.byNode.get(at.node), ask, now)).sort(byName)
  const unassigned = demand.byNode.get(UNASSIGNED)
  const components = depth < KIT_DEPTH_MAX ? books.kits.componentsOf(sku) : []
  return {
    sku: name,
    tier,
    nodes,
    reserved: demand.open,
    unassigned: unassigned?.open ?? 0,
    unassignedDepleting: unassigned?.depleting ?? 0,
    demandByKits: books.kits.kitsWith(sku).size === 0 ? 0 : openIn(demandByKits(books, sku, now)),
    inputs: {
      ...poolOver(nodes, unassigned?.depleting ?? 0),
      demandByClass: demand.byClass,
      demandTotal: demand.total,
      byChannel: poolsByChannel(books, stock, demand.byNode, ask, now),
    },
    kit: components.map((it) => ({
      quantity: it.quantity,
      figures: figuresOf(books, it.sku, now, counting, depth + 1),
    })),
    substitutes: books.master.itemAt(sku)?.substitutes ?? NOTHING,
  }
}

const NOTHING: readonly never[] = []
const byName = (a: NodeFigures, b: NodeFigures): number => (a.node < b.node ? -1 : 1)
const openIn = (cells: readonly Cell[]): number => cells.reduce((sum, { open }) => sum + open, 0)

function nodeFigures(
  books: Books,
  at: NodeStock,
  demand: Demand | undefined,
  ask: { sku: string; tier: Tier; channel?: string },
  now: Instant,
): NodeFigures {
  const sellable = sellableOf(at)
  const kept = keptBack(books, at, ask, now)
  const { open, picked, depleting } = demand ?? NO_DEMAND
  return {
    node: at.name,
    onHand: at.onHand,
    damaged: at.damaged,
    quarantined: at.quarantined,
    inTransit: at.inTransit,
    reserved: open,
    allocated: open,
    picked,
    sellable,
    safetyStock: kept.safetyStock,
    heldBack: kept.heldBack,
    demand: depleting,
    availableToSell: sellable - depleting - kept.safetyStock - kept.heldBack,
    asOf: at.asOf,
    sells: at.sells,
    isExcluded: isExcluded(at),
    state: at.state,
  }
}

/** G and the pool, over the nodes that sell and are not left out. */
function poolOver(nodes: readonly NodeFigures[], unassigned: number): Pool {
  let gross = 0
  let pool = -unassigned
  for (const it of nodes) {
    if (!it.sells || it.isExcluded) continue
    gross += Math.max(0, it.sellable - it.safetyStock - it.heldBack)
    pool += Math.max(0, it.availableToSell)
  }
  return { gross: asFigure(gross), pool: asFigure(pool) }
}

/** What channels see that have a safety stock of their own; nothing where no policy names one. */
function poolsByChannel(
  books: Books,
  stock: readonly NodeStock[],
  demand: ReadonlyMap<number, Demand>,
  ask: { sku: string; tier: Tier },
  now: Instant,
): ReadonlyMap<string, ChannelPool> | undefined {
  const channels = books.master.channelsOf('safetyStock')
  if (channels.size === 0) return undefined
  const unassigned = demand.get(UNASSIGNED)?.depleting ?? 0
  const nodesAs = (channel?: string): NodeFigures[] => {
    const its = channel === undefined ? ask : { ...ask, channel }
    return stock.map((at) => nodeFigures(books, at, demand.get(at.node), its, now)).sort(byName)
  }
  const general = nodesAs()
  const pools = new Map<string, ChannelPool>()
  for (const channel of channels) {
    const nodes = nodesAs(channel)
    if (nodes.some(({ safetyStock }, i) => safetyStock !== general[i]!.safetyStock))
      pools.set(channel, { ...poolOver(nodes, unassigned), nodes: nodes.filter(isOffered).map(offerOf) })
  }
  return pools.size === 0 ? undefined : pools
}

/** A node that is held back or left out is listed even with nothing to sell: the answer has to name it. */
export const isOffered = ({ sells, availableToSell, isExcluded, state }: NodeFigures): boolean =>
  sells && (availableToSell > 0 || isExcluded || state.step.action === 'buffer')

export const offerOf = ({ node, availableToSell, isExcluded }: NodeFigures): NodeOffer => ({
  node,
  availableToSell: isExcluded ? 0 : Math.max(0, asFigure(availableToSell)),
})

type SummedDemand = {
  readonly byNode: Map<number, Demand>
  readonly byClass: Map<string, number>
  total: number
  open: number
}
/** Of most skus nothing is on order at a given moment: theirs needs no maps of its own. */
const NOTHING_WANTED: SummedDemand = { byNode: new Map(), byClass: new Map(), total: 0, open: 0 }

function demandOf(
  books: Books,
  cells: Iterable<Cell>,
  ask: { sku: string; tier: Tier },
  counting: Counting,
): Readonly<SummedDemand> {
  let sum = NOTHING_WANTED
  for (const cell of cells) {
    if (sum === NOTHING_WANTED) sum = { byNode: new Map(), byClass: new Map(), total: 0, open: 0 }
    const { byNode, byClass } = sum
    const mode = counting === 'policy' ? depletionMode(books, ask, cell.demandClass) : 'reservation'
    const depleting = depletingOf(cell, mode)
    const at = byNode.get(cell.node)
    if (at) {
      at.open += cell.open
      at.picked += cell.picked
      at.depleting += depleting
    } else byNode.set(cell.node, { open: cell.open, picked: cell.picked, depleting })
    // A pick whose order has not been heard of is demand of no class yet: in the total, and in nobody's share.
    if (depleting > 0 && cell.demandClass !== CLASS_UNKNOWN)
      byClass.set(cell.demandClass, asFigure((byClass.get(cell.demandClass) ?? 0) + depleting))
    sum.total = asFigure(sum.total + depleting)
    sum.open += cell.open
  }
  return sum
}
