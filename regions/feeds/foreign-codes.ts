import type { Mapping } from '../../shared/domain/master-data.ts'

/** A code map read backwards: what a source calls what we have. */
export type ForeignCodes = {
  /** All its codes of a sku, in their own order; it may list one item more than once. */
  readonly skus: ReadonlyMap<string, readonly string[]>
  readonly nodes: ReadonlyMap<string, string>
}

const NONE: ForeignCodes = { skus: new Map(), nodes: new Map() }
/** A mapping is put as a whole, and never changed. */
const reversed = new WeakMap<Mapping, ForeignCodes>()

export function foreignCodesOf(mapping: Mapping | undefined): ForeignCodes {
  if (mapping === undefined) return NONE
  let found = reversed.get(mapping)
  if (!found) {
    found = reverse(mapping)
    reversed.set(mapping, found)
  }
  return found
}

function reverse({ skus = {}, nodes = {} }: Mapping): ForeignCodes {
  const bySku = new Map<string, string[]>()
  for (const [theirs, ours] of Object.entries(skus)) {
    const codes = bySku.get(ours)
    if (codes) codes.push(theirs)
    else bySku.set(ours, [theirs])
  }
  for (const codes of bySku.values()) codes.sort()
  const byNode = new Map<string, string>()
  // Of several names of one place the first, alike after every start: its stock is told once.
  for (const [theirs, ours] of Object.entries(nodes).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (!byNode.has(ours)) byNode.set(ours, theirs)
  return { skus: bySku, nodes: byNode }
}
