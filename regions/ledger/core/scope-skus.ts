import { partsOf } from '../../../shared/domain/policy-scope.ts'
import type { Books } from './books.ts'

/** The skus that scopes reach: what a policy names, what lies at a node, or all there are. */
export function skusIn(books: Books, scopes: ReadonlySet<string>): Set<number> {
  const skus = new Set<number>()
  const nodes = new Set<number>()
  for (const scope of scopes) {
    const parts = Object.fromEntries(partsOf(scope))
    if (parts.sku !== undefined) {
      const sku = books.skus.find(parts.sku)
      if (sku >= 0) skus.add(sku)
    } else if (parts.node !== undefined) nodes.add(books.nodes.find(parts.node))
    else return new Set(books.skus.texts.keys())
  }
  if (nodes.size > 0) addAt(books, nodes, skus)
  return skus
}

/** One walk over all positions, however many nodes. */
function addAt({ positions }: Books, nodes: ReadonlySet<number>, skus: Set<number>): void {
  for (let slot = 0; slot < positions.size; slot++)
    if (nodes.has(positions.nodeOf(slot))) skus.add(positions.skuOf(slot))
}
