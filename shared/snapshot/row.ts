import type { AllocationInputs } from '../domain/allocation.ts'
import type { Tier } from '../domain/tier.ts'

/**
 * What travels to the edge for one sku: the inputs of the allocation, not its outputs. Twenty channels cost no more
 * than one, and a changed rule is live everywhere without rewriting a row.
 */
export type SnapshotRow = {
  readonly sku: string
  readonly tier: Tier
  readonly inputs: AllocationInputs
  /** What may be sold from each node alone, at least 0. Nodes that sell nothing and hold nothing are left out. */
  readonly nodes: readonly { readonly node: string; readonly availableToSell: number }[]
}
