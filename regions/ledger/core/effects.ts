import type { EventOf, Fact } from '../../../shared/contract/events.ts'
import { demandClassOf } from '../../../shared/domain/ids.ts'
import { unreachable } from '../../../shared/kernel/invariant.ts'
import { UNASSIGNED } from './demand-line.ts'
import { lotOf, move } from './movement.ts'
import { type Books, type Effects, instantOf } from './books.ts'
import type { CountedStates } from './positions.ts'
import { isLater } from './master-book.ts'

/** What each canonical event does to the ledger (docs/glossary.md has the words, docs/design/books.md the table). */

type StockFact = Extract<Fact, { type: `plimsoll.stock.${string}` }>
type TransferFact = Extract<Fact, { type: `plimsoll.transfer.${string}` | 'plimsoll.receipt.expected' }>
type OrderFact = Extract<Fact, { type: `plimsoll.order.${string}` }>
type MasterFact = Extract<
  Fact,
  { type: `plimsoll.${'item' | 'node' | 'source' | 'mapping'}.upserted` | 'plimsoll.policy.activated' }
>

const NO_LOT = -1

export function applyStock(books: Books, fact: StockFact, effects: Effects): void {
  const sku = books.skus.idOf(fact.subject)
  effects.skus.add(sku)
  if (fact.type === 'plimsoll.stock.counted') return applyCount(books, fact, sku, effects)
  if (fact.standing === 'observer') return
  move(books, fact)
  const node = books.nodes.idOf(fact.data.node)
  if (fact.type === 'plimsoll.stock.picked')
    books.demand.pick(fact.data.orderRef, fact.data.line, sku, node, fact.data.quantity)
  if (fact.type === 'plimsoll.stock.shipped' && fact.data.orderRef !== undefined) {
    books.demand.ship(fact.data.orderRef, fact.data.line ?? '1', sku, node, fact.data.quantity)
  }
  if (fact.type === 'plimsoll.stock.received' && fact.data.ref !== undefined) {
    changeSupply(
      books,
      fact.data.ref,
      sku,
      node,
      fact.time,
      (supply) => void (supply.received += fact.data.quantity),
    )
  }
}

export function applyCorrection(
  books: Books,
  fact: Fact & EventOf<'plimsoll.correction.applied'>,
  effects: Effects,
): void {
  effects.skus.add(books.skus.idOf(fact.subject))
  move(books, fact)
}

function applyCount(
  books: Books,
  fact: EventOf<'plimsoll.stock.counted'> & Fact,
  sku: number,
  effects: Effects,
): void {
  const { node, lot, asOf, states } = fact.data
  const standing = fact.standing ?? 'owner'
  const slot = books.positions.slotOf(sku, books.nodes.idOf(node), lotOf(books, lot))
  const count = {
    source: books.sources.idOf(fact.source),
    sourceName: fact.source,
    id: fact.id,
    asOf: instantOf(asOf),
    sequence: fact.sequence ?? -1,
  }
  const counted: CountedStates = states
  const compared =
    standing === 'owner'
      ? books.positions.applyCount(slot, count, counted).compared
      : books.positions.compare(slot, count, counted)
  effects.counts.push({ source: fact.source, standing, asOf: count.asOf, compared })
}

export function applyTransfer(books: Books, fact: TransferFact, effects: Effects): void {
  const sku = books.skus.idOf(fact.subject)
  effects.skus.add(sku)
  if (fact.standing === 'observer') return
  if (fact.type === 'plimsoll.receipt.expected') return expectReceipt(books, fact, sku)
  const { transfer, to, quantity } = fact.data
  const isShipped = fact.type === 'plimsoll.transfer.shipped'
  move(books, fact)
  const node = books.nodes.idOf(to)
  changeSupply(books, transfer, sku, node, fact.time, (supply) => {
    if (isShipped) supply.shipped += quantity
    else supply.received += quantity
  })
}

function expectReceipt(books: Books, fact: EventOf<'plimsoll.receipt.expected'>, sku: number): void {
  const { ref, node, quantity, expectedAt } = fact.data
  changeSupply(books, ref, sku, books.nodes.idOf(node), fact.time, (supply) => {
    const rank = [instantOf(fact.time), fact.source, fact.id] as const
    if (!supply.expected || isLater(rank, supply.expected.rank))
      supply.expected = { quantity, expectedAt: instantOf(expectedAt), rank }
  })
}

function changeSupply(
  books: Books,
  ref: string,
  sku: number,
  node: number,
  time: string,
  mutate: Parameters<Books['supply']['change']>[3],
): void {
  const moved = books.supply.change(ref, sku, node, mutate)
  books.positions.addInTransit(books.positions.slotOf(sku, node, NO_LOT), moved, instantOf(time))
}

export function applyDemand(books: Books, fact: OrderFact, effects: Effects): void {
  const { orderRef, channel, segment } = fact.data
  const lines = fact.data.lines ?? []
  if (fact.type === 'plimsoll.order.cancelled' && lines.length === 0) {
    for (const sku of books.demand.cancelOrder(orderRef)) effects.skus.add(sku)
    return
  }
  for (const line of lines) {
    const sku = books.skus.idOf(line.sku)
    effects.skus.add(sku)
    if (fact.type === 'plimsoll.order.cancelled') books.demand.cancel(orderRef, line.line, sku, line.quantity)
    else {
      books.demand.state(orderRef, line.line, sku, {
        quantity: line.quantity ?? 0,
        node: line.node === undefined ? UNASSIGNED : books.nodes.idOf(line.node),
        dueAt: line.dueAt === undefined ? -1 : instantOf(line.dueAt),
        demandClass: demandClassOf(channel ?? '', segment),
        rank: [instantOf(fact.time), fact.type === 'plimsoll.order.changed' ? 1 : 0, fact.source, fact.id],
      })
    }
  }
}

export function applyMaster(books: Books, fact: MasterFact, effects: Effects): void {
  const rank = [instantOf(fact.time), fact.source, fact.id] as const
  effects.masterChanged = true
  switch (fact.type) {
    case 'plimsoll.item.upserted':
      effects.skus.add(books.skus.idOf(fact.subject))
      return void books.master.upsert({ kind: 'item', subject: fact.subject, body: fact.data, rank })
    case 'plimsoll.node.upserted':
      books.nodes.idOf(fact.subject)
      return void books.master.upsert({ kind: 'node', subject: fact.subject, body: fact.data, rank })
    case 'plimsoll.source.upserted':
      return void books.master.upsert({ kind: 'source', subject: fact.subject, body: fact.data, rank })
    case 'plimsoll.mapping.upserted':
      return void books.master.upsert({ kind: 'mapping', subject: fact.subject, body: fact.data, rank })
    case 'plimsoll.policy.activated':
      return void books.master.upsert({ kind: 'policy', subject: fact.subject, body: fact.data, rank })
    default:
      unreachable(fact)
  }
}
