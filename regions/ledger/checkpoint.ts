import type { DatabaseSync } from 'node:sqlite'
import type { Item } from '../../shared/domain/master-data.ts'
import type { Books } from './core/books.ts'
import { putKit } from './core/apply-master.ts'
import type { MasterRecord } from './core/master-book.ts'
import { DemandRows } from './demand-rows.ts'
import { HistoryPages } from './history-pages.ts'
import { PAGE_SLOTS } from './core/positions.ts'
import { Keeper } from './keeper.ts'
import { release } from '../store/release.ts'
import { encodePage, restorePage } from './position-pages.ts'
import { SideRows } from './side-rows.ts'

const NAME_KINDS = ['skus', 'nodes', 'lots', 'sources'] as const
/** New names come by the thousand, and then for months none: a row holds those that came one after the other. */
const NAMES_A_ROW = 1000
/** No name has a blank in it. */
const BETWEEN_NAMES = '\n'

/**
 * The books on the disk: what changed since the last time is written in the transaction of a batch, so that a start reads
 * the books and folds only the journal's tail.
 */
export class Checkpoint {
  readonly #keep: Keeper
  readonly #demand: DemandRows
  readonly #history: HistoryPages
  readonly #side: SideRows
  readonly #named = { skus: 0, nodes: 0, lots: 0, sources: 0 }

  constructor(database: DatabaseSync) {
    this.#keep = new Keeper(database)
    this.#demand = new DemandRows(this.#keep)
    this.#history = new HistoryPages(this.#keep)
    this.#side = new SideRows(this.#keep)
  }

  /** How much a save would write now, in rows or about as much. */
  dirtyRows({ positions, demand, supply, flows, master }: Books): number {
    return (
      positions.dirty.size +
      demand.gone.orderRefs.size +
      demand.dirty.size +
      supply.dirty.size +
      flows.dirty.size +
      master.dirty.size
    )
  }

  /** Inside a transaction. The caller clears the marks after the commit. */
  save(books: Books): void {
    this.#saveNames(books)
    for (const page of books.positions.dirty.pages())
      this.#keep.write('position_page', [page, encodePage(books.positions, page)])
    for (const { kind, subject, body, rank } of books.master.dirty)
      this.#keep.write('master_record', [kind, subject, JSON.stringify({ body, rank })])
    this.#demand.save(books)
    this.#history.save(books.positions.history)
    this.#side.save(books)
  }

  clearDirty(books: Books): void {
    for (const kind of NAME_KINDS) this.#named[kind] = books[kind].texts.length
    books.positions.dirty.clear()
    books.positions.history.markSaved()
    books.master.dirty.clear()
    this.#demand.clearDirty(books)
    this.#side.clearDirty(books)
  }

  /**
   * What lies in tables of numbers first: V8 collects the heap for each 64 MB of them, which costs nothing while that is empty,
   * and half a second each time when a million items are in it.
   */
  load(books: Books): void {
    books.positions.reserve(this.#keep.count('position_page') * PAGE_SLOTS)
    this.#history.load(books.positions.history)
    for (const row of this.#keep.rows('name'))
      for (const text of (row['text'] as string).split(BETWEEN_NAMES))
        books[NAME_KINDS[row['kind'] as number]!].idOf(text)
    for (const row of this.#keep.rows('master_record')) {
      const { body, rank } = JSON.parse(row['body'] as string) as Pick<MasterRecord, 'body' | 'rank'>
      const record = { kind: row['kind'], subject: row['subject'], body, rank } as MasterRecord
      books.master.restore(record)
      if (record.kind === 'item') putKit(books, books.skus.idOf(record.subject), record.body as Item)
    }
    for (const row of this.#keep.rows('position_page')) {
      restorePage(books.positions, row['body'] as Uint8Array, books.sources)
      release(row['body'] as Uint8Array)
    }
    this.#demand.load(books)
    this.#side.load(books)
    this.clearDirty(books)
  }

  #saveNames(books: Books): void {
    NAME_KINDS.forEach((kind, number) => {
      const { texts } = books[kind]
      for (let id = this.#named[kind]; id < texts.length; id += NAMES_A_ROW)
        this.#keep.write('name', [number, id, texts.slice(id, id + NAMES_A_ROW).join(BETWEEN_NAMES)])
    })
  }
}
