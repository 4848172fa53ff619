import type { CountedIn } from '../../../shared/domain/master-check.ts'
import type { Books } from './books.ts'

/** The unit in which there is stock of an item, or demand for it; undefined where there is none of either. */
export function countedIn(books: Books, sku: string): CountedIn | undefined {
  const id = books.skus.find(sku)
  return id >= 0 && isCounted(books, id) ? books.master.itemAt(id) : undefined
}

function isCounted({ positions, demand }: Books, sku: number): boolean {
  for (const slot of positions.ofSku(sku)) {
    if (positions.inTransit(slot) !== 0) return true
    for (const state of ['onHand', 'damaged', 'quarantined'] as const)
      if (positions.value(slot, state) !== 0) return true
  }
  for (const { open } of demand.cellsOf(sku)) if (open !== 0) return true
  return false
}
