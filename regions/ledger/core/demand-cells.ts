import type { Instant } from '../../../shared/kernel/clock.ts'
import type { DemandPart } from './demand-line.ts'

/** Demand summed over lines: what availability needs of all orders together. */
export type DemandCell = {
  readonly demandClass: string
  readonly node: number
  readonly dueDay: Instant
  open: number
  picked: number
}

const NO_CELLS: ReadonlyMap<string, DemandCell> = new Map()

/** Open demand per sku, class, node and due day. */
export class DemandCells {
  readonly #bySku = new Map<number, Map<string, DemandCell>>()

  of(sku: number): Iterable<DemandCell> {
    return (this.#bySku.get(sku) ?? NO_CELLS).values()
  }

  post({ sku, demandClass, node, dueDay, open, picked }: DemandPart, sign: 1 | -1): void {
    let cells = this.#bySku.get(sku)
    if (!cells) this.#bySku.set(sku, (cells = new Map()))
    const key = `${demandClass} ${node} ${dueDay}`
    const cell = cells.get(key)
    if (!cell) {
      cells.set(key, { demandClass, node, dueDay, open: sign * open, picked: sign * picked })
      return
    }
    cell.open += sign * open
    cell.picked += sign * picked
    if (cell.open === 0 && cell.picked === 0) cells.delete(key)
    if (cells.size === 0) this.#bySku.delete(sku)
  }
}
