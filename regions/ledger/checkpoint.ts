import type { DatabaseSync } from 'node:sqlite'
import { invariant } from '../../shared/kernel/invariant.ts'
import type { Books } from './core/books.ts'
import type { Count } from './core/count-order.ts'
import type { DemandLine, LineTerms } from './core/demand-line.ts'
import type { MasterRecord } from './core/master-book.ts'
import { PHYSICAL_STATES, type PhysicalState } from './core/positions.ts'
import { inTransitOf, type Supply } from './core/supply-book.ts'

/**
 * The books as rows: what changed since the last time is written with a batch's facts, in the same transaction, so
 * that a start reads the books and folds only the journal's tail.
 */
export class Checkpoint {
  readonly #database: DatabaseSync
  readonly #savePosition
  readonly #saveLine
  readonly #saveCancelled
  readonly #saveSupply
  readonly #saveMaster

  constructor(database: DatabaseSync) {
    this.#database = database
    const upsert = (table: string, columns: string) =>
      database.prepare(
        `INSERT OR REPLACE INTO ${table} (${columns}) VALUES (${columns.replace(/[^,]+/g, '?')})`,
      )
    this.#savePosition = database.prepare(
      `INSERT INTO position (slot, sku, node, lot, on_hand, damaged, quarantined, as_of, counts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (slot) DO UPDATE SET on_hand = excluded.on_hand, damaged = excluded.damaged, quarantined = excluded.quarantined, as_of = excluded.as_of, counts = excluded.counts`,
    )
    this.#saveLine = upsert('demand_line', 'order_ref, line, sku, body')
    this.#saveCancelled = upsert('cancelled_order', 'order_ref')
    this.#saveSupply = upsert('supply', 'ref, sku, node, body')
    this.#saveMaster = upsert('master_record', 'kind, subject, body')
  }

  /** How many rows a save would write now. */
  dirtyRows({ positions, demand, supply, master }: Books): number {
    return positions.dirty.size + demand.dirty.size + supply.dirty.size + master.dirty.size
  }

  /** Inside a transaction. The caller clears the marks after the commit. */
  save(books: Books): void {
    const slots = Int32Array.from(books.positions.dirty).sort()
    for (const slot of slots) this.#writePosition(books, slot)
    for (const line of books.demand.dirty)
      this.#saveLine.run(
        line.orderRef,
        line.line,
        books.skus.textOf(line.sku),
        JSON.stringify(lineRow(books, line)),
      )
    for (const orderRef of books.demand.dirtyCancelledOrders) this.#saveCancelled.run(orderRef)
    for (const it of books.supply.dirty) {
      this.#saveSupply.run(
        it.ref,
        books.skus.textOf(it.sku),
        books.nodes.textOf(it.node),
        JSON.stringify({ shipped: it.shipped, received: it.received, expected: it.expected }),
      )
    }
    for (const record of books.master.dirty)
      this.#saveMaster.run(
        record.kind,
        record.subject,
        JSON.stringify({ body: record.body, rank: record.rank }),
      )
  }

  clearDirty({ positions, demand, supply, master }: Books): void {
    for (const marks of [
      positions.dirty,
      demand.dirty,
      demand.dirtyCancelledOrders,
      supply.dirty,
      master.dirty,
    ])
      marks.clear()
  }

  load(books: Books): void {
    for (const row of this.#rows('master_record')) {
      books.master.restore({
        kind: row['kind'],
        subject: row['subject'],
        ...JSON.parse(row['body'] as string),
      } as MasterRecord)
    }
    for (const sku of books.master.all('item').keys()) books.skus.idOf(sku)
    for (const node of books.master.all('node').keys()) books.nodes.idOf(node)
    for (const row of this.#rows('position ORDER BY slot')) readPosition(books, row)
    for (const row of this.#rows('cancelled_order'))
      books.demand.restoreCancelledOrder(row['order_ref'] as string)
    for (const row of this.#rows('demand_line')) books.demand.restoreLine(readLine(books, row))
    for (const row of this.#rows('supply')) {
      const supply = {
        ref: row['ref'],
        sku: books.skus.idOf(row['sku'] as string),
        node: books.nodes.idOf(row['node'] as string),
        ...JSON.parse(row['body'] as string),
      } as Supply
      books.supply.restore(supply)
      books.positions.addInTransit(
        books.positions.slotOf(supply.sku, supply.node, NO_LOT),
        inTransitOf(supply),
        0,
      )
    }
    this.clearDirty(books)
  }

  #rows(table: string): Iterable<Record<string, unknown>> {
    return this.#database.prepare(`SELECT * FROM ${table}`).iterate()
  }

  #writePosition(books: Books, slot: number): void {
    const { positions } = books
    let counts: Partial<Record<PhysicalState, Omit<Count, 'source'>>> | null = null
    for (const state of PHYSICAL_STATES) {
      const count = positions.countOf(slot, state)
      if (!count) continue
      counts ??= {}
      counts[state] = {
        sourceName: count.sourceName,
        id: count.id,
        asOf: count.asOf,
        sequence: count.sequence,
      }
    }
    const lot = positions.lotOf(slot)
    this.#savePosition.run(
      slot,
      books.skus.textOf(positions.skuOf(slot)),
      books.nodes.textOf(positions.nodeOf(slot)),
      lot < 0 ? '' : books.lots.textOf(lot),
      positions.value(slot, 'onHand'),
      positions.value(slot, 'damaged'),
      positions.value(slot, 'quarantined'),
      positions.asOf(slot),
      counts === null ? NO_COUNTS : JSON.stringify(counts),
    )
  }
}

const NO_LOT = -1
const NO_COUNTS = '{}'

type LineRow = Omit<DemandLine, 'orderRef' | 'line' | 'sku' | 'work' | 'terms'> & {
  readonly terms: (Omit<LineTerms, 'node'> & { readonly node: string | null }) | null
  readonly work: readonly { readonly node: string; readonly picked: number; readonly shipped: number }[]
}

function lineRow(books: Books, { terms, cancelled, isCancelledWhole, work }: DemandLine): LineRow {
  return {
    terms: terms && { ...terms, node: terms.node < 0 ? null : books.nodes.textOf(terms.node) },
    cancelled,
    isCancelledWhole,
    work: [...work].map(([node, done]) => ({ node: books.nodes.textOf(node), ...done })),
  }
}

function readLine(books: Books, row: Record<string, unknown>): DemandLine {
  const { terms, work, ...rest } = JSON.parse(row['body'] as string) as LineRow
  return {
    orderRef: row['order_ref'] as string,
    line: row['line'] as string,
    sku: books.skus.idOf(row['sku'] as string),
    ...rest,
    terms: terms && { ...terms, node: terms.node === null ? -1 : books.nodes.idOf(terms.node) },
    work: new Map(work.map(({ node, picked, shipped }) => [books.nodes.idOf(node), { picked, shipped }])),
  }
}

function readPosition(books: Books, row: Record<string, unknown>): void {
  const lot = row['lot'] as string
  const slot = books.positions.slotOf(
    books.skus.idOf(row['sku'] as string),
    books.nodes.idOf(row['node'] as string),
    lot === '' ? NO_LOT : books.lots.idOf(lot),
  )
  invariant(slot === row['slot'], `position ${String(row['slot'])} came back as ${slot}`)
  const counts = JSON.parse(row['counts'] as string) as Partial<Record<PhysicalState, Omit<Count, 'source'>>>
  books.positions.restore(slot, {
    values: {
      onHand: row['on_hand'] as number,
      damaged: row['damaged'] as number,
      quarantined: row['quarantined'] as number,
    },
    counts: Object.fromEntries(
      Object.entries(counts).map(([state, count]) => [
        state,
        { ...count, source: books.sources.idOf(count.sourceName) },
      ]),
    ),
    asOf: row['as_of'] as number,
  })
}
