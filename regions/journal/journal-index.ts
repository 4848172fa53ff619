import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../store/database.ts'
import type { JournalRows } from './journal-rows.ts'
import { BUCKETS, bucketOf, entriesIn, Postings } from './postings.ts'
import { type Term, termsOf } from './terms.ts'

type Segment = { readonly segment: number; readonly first: number; readonly last: number }

/**
 * A segment is closed at so many mentions, about 70,000 facts: 1.6 MB, written once and never again. What is gathered for
 * the next one is in memory; a start gathers it again. More would be fewer pieces to look into, and more memory.
 */
const POSTINGS_MAX = 200_000
/** Entries that are read at a time. */
const READ_AT_ONCE = 10
/** Another form of the index begins anew. */
const FORM = '1'

const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS segment (segment INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS bucket (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;`

/**
 * In which entries of the journal a sku, an order, a reference or a correlation id is mentioned. It is made from the journal
 * and lies in a file of its own, which may be thrown away: the ledger's transactions know nothing of it. Segments are only
 * ever added, a row a bucket, so a look-up reads one small row of each segment.
 */
export class JournalIndex {
  readonly #rows: JournalRows
  readonly #database: DatabaseSync
  readonly #bucket
  readonly #postingsMax: number
  readonly #segments: Segment[] = []
  #open = new Postings()
  #openFirst = 0
  /** The last entry that can be found by the index. */
  indexedTo = 0

  constructor(database: DatabaseSync, rows: JournalRows, options: { readonly postingsMax?: number } = {}) {
    this.#rows = rows
    this.#postingsMax = options.postingsMax ?? POSTINGS_MAX
    this.#database = database
    database.exec(SCHEMA)
    if (!this.#isOfThisJournal()) database.exec('DELETE FROM segment; DELETE FROM bucket; DELETE FROM meta')
    this.#bucket = database.prepare('SELECT body FROM bucket WHERE id = ?')
    for (const row of database.prepare('SELECT segment, first, last FROM segment ORDER BY segment').all())
      this.#segments.push(row as unknown as Segment)
    this.indexedTo = this.#segments[this.#segments.length - 1]?.last ?? 0
    this.#openFirst = this.indexedTo + 1
  }

  /** Takes in entries for about so long. Answers whether all there are can be found now. */
  advance(withinMs: number): boolean {
    const until = performance.now() + withinMs
    do {
      const read = this.#rows.after(this.indexedTo, READ_AT_ONCE)
      for (const { entry, facts } of read) {
        for (const { event } of facts) for (const term of termsOf(event)) this.#open.add(term, entry)
        this.indexedTo = entry
        if (this.#open.size >= this.#postingsMax) this.#close()
      }
      if (read.length < READ_AT_ONCE) return true
    } while (performance.now() < until)
    return false
  }

  /** How many pieces there are to look into, and what each says of a term: latest first. */
  *mentions(
    term: Term,
    before: number,
  ): Generator<{ readonly from: number; readonly entries: readonly number[] }> {
    const isBefore = (entry: number): boolean => entry < before
    if (before > this.#openFirst)
      yield {
        from: this.#openFirst,
        entries: this.#open.entriesOf(term).filter(isBefore).toReversed(),
      }
    for (const { segment, first } of this.#segments.toReversed()) {
      if (first >= before) continue
      const body = this.#bucket.get(segment * BUCKETS + bucketOf(term))?.['body'] as Uint8Array | undefined
      const entries = body === undefined ? [] : entriesIn(body, term, first)
      yield { from: first, entries: entries.filter(isBefore).toReversed() }
    }
  }

  #close(): void {
    const segment = this.#segments.length
    const [first, last] = [this.#openFirst, this.indexedTo]
    inTransaction(this.#database, () => {
      const write = this.#database.prepare('INSERT INTO bucket (id, body) VALUES (?, ?)')
      this.#open.encode(first).forEach((body, bucket) => write.run(segment * BUCKETS + bucket, body))
      this.#database
        .prepare('INSERT INTO segment (segment, first, last) VALUES (?, ?, ?)')
        .run(segment, first, last)
      this.#set('form', FORM)
      this.#set('hash', this.#rows.hashAt(last))
    })
    this.#segments.push({ segment, first, last })
    this.#open = new Postings()
    this.#openFirst = last + 1
  }

  /** A database that was put back from a backup is another journal from some entry on. */
  #isOfThisJournal(): boolean {
    const last = this.#database.prepare('SELECT max(last) AS last FROM segment').get()?.['last']
    if (last === null || last === undefined) return true
    const told = this.#database.prepare('SELECT value FROM meta WHERE key = ?')
    const valueOf = (key: string): unknown => told.get(key)?.['value']
    return valueOf('form') === FORM && valueOf('hash') === this.#rows.hashAt(Number(last))
  }

  #set(key: string, value: string): void {
    this.#database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(key, value)
  }
}
