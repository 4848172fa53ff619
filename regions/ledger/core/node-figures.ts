import { heldBack } from '../../../shared/domain/fallback.ts'
import { percentOfRoundedUp } from '../../../shared/domain/quantity.ts'
import type { Tier } from '../../../shared/domain/tier.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Books } from './books.ts'
import type { NodeCondition } from './silence.ts'

/** A node's figures for one sku, over its lots, before demand. Units of the item's base unit. */
export type NodeStock = {
  /** Interned. */
  readonly node: number
  readonly name: string
  onHand: number
  damaged: number
  quarantined: number
  inTransit: number
  asOf: Instant
  readonly sells: boolean
  readonly state: NodeCondition
}

/** Who asks decides which safety stock applies: channels may have one of their own. */
export type StockAsk = { readonly sku: string; readonly tier: Tier; readonly channel?: string | undefined }

export const sellableOf = ({ onHand, damaged, quarantined }: NodeStock): number =>
  onHand - damaged - quarantined

/** Where a sku lies, by node; only nodes of this region: the other end of a transfer may be in another. */
export function stockByNode(books: Books, sku: number, now: Instant): NodeStock[] {
  const { positions } = books
  const found: NodeStock[] = []
  for (let slot = positions.firstOf(sku); slot >= 0; slot = positions.nextOf(slot)) {
    const at = stockAt(books, found, positions.nodeOf(slot), now)
    if (!at) continue
    at.onHand += positions.value(slot, 'onHand')
    at.damaged += positions.value(slot, 'damaged')
    at.quarantined += positions.value(slot, 'quarantined')
    at.inTransit += positions.inTransit(slot)
    at.asOf = Math.max(at.asOf, positions.asOf(slot))
  }
  return found
}

/** The node's entry, added when there is none; null for a node that is not of this region. */
export function stockAt(books: Books, found: NodeStock[], node: number, now: Instant): NodeStock | null {
  for (const it of found) if (it.node === node) return it
  const name = books.nodes.textOf(node)
  const master = books.master.node(name)
  if (!master) return null
  const made: NodeStock = {
    node,
    name,
    onHand: 0,
    damaged: 0,
    quarantined: 0,
    inTransit: 0,
    asOf: 0,
    sells: master.sells,
    state: books.silence.conditionOf(name, now),
  }
  found.push(made)
  return made
}

/** What is kept back at a node whatever is promised: its safety stock, and a share while its source is silent. */
export function keptBack(
  books: Books,
  at: NodeStock,
  { sku, tier, channel }: StockAsk,
  now: Instant,
): { safetyStock: number; heldBack: number } {
  const sellable = Math.max(0, sellableOf(at))
  const policy = books.master.policy('safetyStock', { sku, tier, node: at.name, channel }, now)
  const safetyStock =
    policy === null
      ? 0
      : 'quantity' in policy
        ? policy.quantity
        : percentOfRoundedUp(sellable, policy.percent)
  const { step } = at.state
  return { safetyStock, heldBack: step.action === 'buffer' ? heldBack(step, sellable - safetyStock) : 0 }
}

/** Left out of the pool: its source is silent, and policy says not to count on it. */
export const isExcluded = ({ state }: NodeStock): boolean => state.step.action === 'exclude'
