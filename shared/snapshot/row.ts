import type { AllocationInputs, NodeOffer } from '../domain/allocation.ts'
import type { Tier } from '../domain/tier.ts'

/**
 * What travels to the edge for one sku: the inputs of the allocation, not its outputs. Twenty channels cost no more
 * than one, and a changed rule is live everywhere without rewriting a row.
 */
export type SnapshotRow = RowFigures & {
  /** Listed with their own figures when this one's is 0, or when the asker wants them; never added up. */
  readonly substitutes?: readonly string[] | undefined
}

export type RowFigures = {
  readonly sku: string
  readonly tier: Tier
  readonly inputs: AllocationInputs
  /**
   * What may be sold from each node alone, at least 0. Nodes that sell nothing and hold nothing are left out, but for
   * those whose source is silent: an answer has to name them.
   */
  readonly nodes: readonly NodeOffer[]
  /** What one more is put together from: a kit sells what stands assembled and what its components allow. */
  readonly kit?: readonly { readonly quantity: number; readonly row: RowFigures }[] | undefined
}
