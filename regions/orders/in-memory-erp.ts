import { err, ok } from '../../shared/kernel/result.ts'
import type { Assignment, ErpOrder, ErpOrderKey, ErpPort, ErpRefusal } from './erp.ts'

type Kept = {
  readonly order: ErpOrder
  readonly erpNumber: string
  status: 'open' | 'picked' | 'shipped' | 'cancelled'
  /** By the line and sku of what has to be moved. */
  readonly work: Map<string, Work>
}
type Work = {
  readonly line: string
  readonly sku: string
  readonly ordered: number
  assigned: number
  shipped: number
}

/**
 * An ERP in memory, for tests and for a region without one: it keeps every promise of the port, knows nothing of
 * networks, and says what it is. tests/conformance/erp.ts holds it and a real ERP to the same behaviour.
 */
export class InMemoryErp implements ErpPort {
  readonly #orders = new Map<string, Kept>()
  readonly #stock = new Map<string, number>()
  readonly #kits = new Map<string, readonly { readonly sku: string; readonly quantity: number }[]>()
  readonly #nodes: ReadonlySet<string>
  readonly #skus = new Set<string>()
  #count = 0

  constructor(nodes: readonly string[]) {
    this.#nodes = new Set(nodes)
  }

  putItem(sku: string, kit: readonly { readonly sku: string; readonly quantity: number }[] = []): void {
    this.#skus.add(sku)
    if (kit.length > 0) this.#kits.set(sku, kit)
  }

  /** Goods that come in. */
  receive(sku: string, node: string, quantity: number): void {
    this.#stock.set(at(sku, node), this.#free(sku, node) + quantity)
  }

  /** What the warehouse does with what was assigned. */
  ship(key: ErpOrderKey, upTo: 'picked' | 'shipped'): void {
    const kept = this.#orders.get(keyOf(key))
    if (!kept || kept.status === 'cancelled') return
    kept.status = upTo
    if (upTo === 'shipped') for (const work of kept.work.values()) work.shipped = work.assigned
  }

  readonly postOrder: ErpPort['postOrder'] = async (order) => {
    const known = this.#orders.get(keyOf(order))
    const isAgain = known?.status === 'cancelled' && (order.revision ?? 0) > (known.order.revision ?? 0)
    if (known && !isAgain) return this.#repeated(known, order)
    const refusal = this.#refusalOf(order)
    if (refusal) return err(refusal)
    const kept: Kept = {
      order,
      erpNumber: String(++this.#count),
      status: 'open',
      work: this.#workOf(order),
    }
    this.#orders.set(keyOf(order), kept)
    return ok({ erpNumber: kept.erpNumber, isNew: true, warnings: [] })
  }

  readonly changeOrder: ErpPort['changeOrder'] = async (order) => {
    const kept = this.#orders.get(keyOf(order))
    if (!kept) return err(unknownOrder(order))
    const { erpNumber } = kept
    if (kept.status === 'cancelled')
      return err({ code: 'order-cancelled', detail: `order ${erpNumber} is cancelled` })
    if (linesText(kept.order) === linesText(order)) return ok({ erpNumber, isNew: false, warnings: [] })
    const refusal = this.#refusalOf(order)
    if (refusal) return err(refusal)
    const wanted = this.#workOf(order)
    const isPicked = kept.status !== 'open'
    for (const [name, { assigned }] of isPicked ? kept.work : [])
      if (assigned > (wanted.get(name)?.ordered ?? 0))
        return err({ code: 'already-picked', detail: `order ${erpNumber} is ${kept.status}` })
    for (const [name, { sku, assigned, shipped }] of kept.work) {
      const work = wanted.get(name)
      const stays = Math.min(assigned, work?.ordered ?? 0)
      this.receive(sku, order.node, assigned - stays)
      if (work) [work.assigned, work.shipped] = [stays, shipped]
    }
    this.#orders.set(keyOf(order), { ...kept, order, work: wanted })
    return ok({ erpNumber, isNew: false, warnings: [] })
  }

  readonly assignOrder: ErpPort['assignOrder'] = async (key) => {
    const kept = this.#orders.get(keyOf(key))
    if (!kept) return err(unknownOrder(key))
    for (const work of kept.status === 'open' ? kept.work.values() : []) {
      const taken = Math.max(0, Math.min(work.ordered - work.assigned, this.#free(work.sku, key.node)))
      work.assigned += taken
      this.#stock.set(at(work.sku, key.node), this.#free(work.sku, key.node) - taken)
    }
    return ok(assignmentOf([...kept.work.values()]))
  }

  readonly cancelOrder: ErpPort['cancelOrder'] = async (key) => {
    const kept = this.#orders.get(keyOf(key))
    if (!kept) return err(unknownOrder(key))
    const { erpNumber } = kept
    if (kept.status === 'cancelled') return ok({ erpNumber, wasCancelledBefore: true })
    if (kept.status !== 'open')
      return err({ code: 'already-picked', detail: `order ${erpNumber} is ${kept.status}` })
    kept.status = 'cancelled'
    for (const work of kept.work.values()) this.receive(work.sku, key.node, work.assigned)
    return ok({ erpNumber, wasCancelledBefore: false })
  }

  readonly readOrder: ErpPort['readOrder'] = async (key) => {
    const kept = this.#orders.get(keyOf(key))
    if (!kept) return ok(null)
    const shipped = [...kept.work.values()]
      .filter((work) => work.shipped > 0)
      .map(({ line, sku, shipped }) => ({ line, sku, quantity: shipped }))
    return ok({ erpNumber: kept.erpNumber, status: kept.status, shipped })
  }

  #repeated({ order, erpNumber, status }: Kept, asked: ErpOrder): Awaited<ReturnType<ErpPort['postOrder']>> {
    if (status === 'cancelled')
      return err({ code: 'order-cancelled', detail: `order ${erpNumber} is cancelled` })
    if (linesText(order) !== linesText(asked))
      return err({ code: 'different-order', detail: `order ${erpNumber} has other lines` })
    return ok({ erpNumber, isNew: false, warnings: [] })
  }

  #refusalOf({ node, lines }: ErpOrder): ErpRefusal | null {
    if (!this.#nodes.has(node)) return { code: 'unknown-node', detail: `there is no warehouse ${node}` }
    const unknown = lines.find(({ sku }) => !this.#skus.has(sku))
    return unknown ? { code: 'unknown-sku', detail: `there is no product ${unknown.sku}` } : null
  }

  #workOf({ lines }: ErpOrder): Map<string, Work> {
    const work = new Map<string, Work>()
    for (const { line, sku, quantity } of lines)
      for (const part of this.#kits.get(sku) ?? [{ sku, quantity: 1 }])
        work.set(`${line}\n${part.sku}`, {
          line,
          sku: part.sku,
          ordered: quantity * part.quantity,
          assigned: 0,
          shipped: 0,
        })
    return work
  }

  #free = (sku: string, node: string): number => this.#stock.get(at(sku, node)) ?? 0
}

function assignmentOf(work: readonly Work[]): Assignment {
  const lines = work.map(({ line, sku, ordered, assigned }) => ({ line, sku, ordered, assigned }))
  const isWhole = lines.every(({ ordered, assigned }) => ordered === assigned)
  const hasSome = lines.some(({ assigned }) => assigned > 0)
  return { status: isWhole ? 'assigned' : hasSome ? 'partial' : 'none', lines }
}

const at = (sku: string, node: string): string => `${sku}\n${node}`
const keyOf = ({ orderRef, node }: ErpOrderKey): string => `${orderRef}\n${node}`
const linesText = ({ lines }: ErpOrder): string =>
  lines
    .map(({ line, sku, quantity }) => `${line} ${sku} ${quantity}`)
    .sort()
    .join('\n')

const unknownOrder = ({ orderRef, node }: ErpOrderKey): ErpRefusal => ({
  code: 'unknown-order',
  detail: `no order ${orderRef} at ${node}`,
})
