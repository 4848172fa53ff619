import { type DemandLine, type DemandPart, type LineTerms, openParts, outranks } from './demand-line.ts'

/** Demand summed over lines: what availability needs of all orders together. */
export type DemandCell = {
  readonly demandClass: string
  readonly node: number
  readonly dueDay: number
  open: number
  picked: number
}

const NO_CELLS: ReadonlyMap<string, DemandCell> = new Map()

/** All order lines of a region, and their open demand per sku, class, node and due day, kept as lines change. */
export class DemandBook {
  readonly #lines = new Map<string, DemandLine>()
  readonly #linesByOrder = new Map<string, DemandLine[]>()
  readonly #cellsBySku = new Map<number, Map<string, DemandCell>>()
  readonly #cancelledOrders = new Set<string>()
  readonly #nodeName: (node: number) => string
  /** Lines changed since the last checkpoint. */
  readonly dirty = new Set<DemandLine>()
  readonly dirtyCancelledOrders = new Set<string>()

  constructor(nodeName: (node: number) => string) {
    this.#nodeName = nodeName
  }

  get size(): number {
    return this.#lines.size
  }

  state(orderRef: string, line: string, sku: number, terms: LineTerms): void {
    this.#change(this.#lineOf(orderRef, line, sku), (it) => {
      if (it.terms === null || outranks(terms.rank, it.terms.rank)) it.terms = terms
    })
  }

  pick(orderRef: string, line: string, sku: number, node: number, quantity: number): void {
    this.#change(this.#lineOf(orderRef, line, sku), (it) => void (workAt(it, node).picked += quantity))
  }

  ship(orderRef: string, line: string, sku: number, node: number, quantity: number): void {
    this.#change(this.#lineOf(orderRef, line, sku), (it) => void (workAt(it, node).shipped += quantity))
  }

  cancel(orderRef: string, line: string, sku: number, quantity: number | undefined): void {
    this.#change(this.#lineOf(orderRef, line, sku), (it) => {
      if (quantity === undefined) it.isCancelledWhole = true
      else it.cancelled += quantity
    })
  }

  /** Cancels every line of the order, those not seen yet too. Returns the skus it touched. */
  cancelOrder(orderRef: string): number[] {
    this.#cancelledOrders.add(orderRef)
    this.dirtyCancelledOrders.add(orderRef)
    const lines = this.#linesByOrder.get(orderRef) ?? []
    for (const line of lines) this.#change(line, (it) => void (it.isCancelledWhole = true))
    return lines.map(({ sku }) => sku)
  }

  cellsOf(sku: number): Iterable<DemandCell> {
    return (this.#cellsBySku.get(sku) ?? NO_CELLS).values()
  }

  linesOf(orderRef: string): readonly DemandLine[] {
    return this.#linesByOrder.get(orderRef) ?? []
  }

  restoreLine(line: DemandLine): void {
    this.#register(line)
    this.#post(line, +1)
  }

  restoreCancelledOrder(orderRef: string): void {
    this.#cancelledOrders.add(orderRef)
  }

  #lineOf(orderRef: string, line: string, sku: number): DemandLine {
    const known = this.#lines.get(keyOf(orderRef, line, sku))
    if (known) return known
    const made: DemandLine = {
      orderRef,
      line,
      sku,
      terms: null,
      cancelled: 0,
      isCancelledWhole: this.#cancelledOrders.has(orderRef),
      work: new Map(),
    }
    this.#register(made)
    return made
  }

  #register(line: DemandLine): void {
    this.#lines.set(keyOf(line.orderRef, line.line, line.sku), line)
    const siblings = this.#linesByOrder.get(line.orderRef)
    if (siblings) siblings.push(line)
    else this.#linesByOrder.set(line.orderRef, [line])
  }

  #change(line: DemandLine, mutate: (line: DemandLine) => void): void {
    this.#post(line, -1)
    mutate(line)
    this.#post(line, +1)
    this.dirty.add(line)
  }

  /** Adds the line's open parts to the sums, or takes them off. */
  #post(line: DemandLine, sign: 1 | -1): void {
    for (const part of openParts(line, this.#nodeName)) this.#postPart(line.sku, part, sign)
  }

  #postPart(sku: number, part: DemandPart, sign: 1 | -1): void {
    let cells = this.#cellsBySku.get(sku)
    if (!cells) this.#cellsBySku.set(sku, (cells = new Map()))
    const key = `${part.demandClass} ${part.node} ${part.dueDay}`
    const cell = cells.get(key)
    if (!cell) {
      cells.set(key, {
        demandClass: part.demandClass,
        node: part.node,
        dueDay: part.dueDay,
        open: sign * part.open,
        picked: sign * part.picked,
      })
      return
    }
    cell.open += sign * part.open
    cell.picked += sign * part.picked
    if (cell.open === 0 && cell.picked === 0) cells.delete(key)
    if (cells.size === 0) this.#cellsBySku.delete(sku)
  }
}

const keyOf = (orderRef: string, line: string, sku: number): string => `${orderRef}\n${line}\n${sku}`

function workAt(line: DemandLine, node: number): { picked: number; shipped: number } {
  let work = line.work.get(node)
  if (!work) line.work.set(node, (work = { picked: 0, shipped: 0 }))
  return work
}
