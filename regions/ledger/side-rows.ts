import type { Books } from './core/books.ts'
import type { Count } from './core/count-order.ts'
import type { Observation } from './core/observation-book.ts'
import type { Counted } from './core/rival-counts.ts'
import type { SourceWord } from './core/silence.ts'
import { PAGE_SKUS } from './core/velocity.ts'
import type { Keeper } from './keeper.ts'

const LATEST_DAY = -1

type CountRow = Omit<Count, 'source'>
const countRow = ({ sourceName, id, asOf, sequence }: Count): CountRow => ({ sourceName, id, asOf, sequence })

/** What stands beside positions and demand: observations, rival counts, how fast skus sell, what sources have said. */
export class SideRows {
  readonly #keep: Keeper

  constructor(keep: Keeper) {
    this.#keep = keep
  }

  save(books: Books): void {
    const { observations, positions, silence } = books
    for (const slot of observations.dirty)
      this.#keep.write('observation', [slot, rowOf(observations.of(slot))])
    for (const key of positions.rivals.dirty)
      this.#keep.write('rival_count', [key, rowOf(positions.rivals.of(key))])
    for (const source of silence.dirty) {
      const { nodes, ...rest } = silence.words.get(source)!
      this.#keep.write('source_word', [source, JSON.stringify({ ...rest, nodes: Object.fromEntries(nodes) })])
    }
    this.#saveVelocity(books)
  }

  clearDirty({ observations, positions, silence, velocity }: Books): void {
    for (const marks of [observations.dirty, positions.rivals.dirty, velocity.dirty]) marks.clear()
    silence.clearDirty()
  }

  load(books: Books): void {
    const { observations, positions, silence, sources } = books
    const withSource = (row: CountRow): Count => ({ ...row, source: sources.idOf(row.sourceName) })
    for (const row of this.#keep.rows('observation'))
      for (const it of read<Observation>(row))
        observations.restore(row['slot'] as number, { ...it, count: withSource(it.count) })
    for (const row of this.#keep.rows('rival_count')) {
      const latest = read<Counted>(row).map((it) => ({ ...it, count: withSource(it.count) }))
      positions.rivals.restore(row['key'] as string, latest)
    }
    for (const row of this.#keep.rows('source_word')) {
      const {
        nodes,
        heard = [],
        ...rest
      } = JSON.parse(row['body'] as string) as Omit<SourceWord, 'nodes' | 'heard'> & {
        nodes: Record<string, number>
        heard?: number[]
      }
      silence.words.set(row['source'] as string, { ...rest, heard, nodes: new Map(Object.entries(nodes)) })
    }
    this.#loadVelocity(books)
  }

  /** Of each sku the days on which it sold: most sell on few of them. */
  #saveVelocity({ velocity }: Books): void {
    if (velocity.dirty.size === 0) return
    this.#keep.write('velocity_page', [LATEST_DAY, bytesOf([velocity.latestDay])])
    for (const page of velocity.dirty.pages())
      this.#keep.write('velocity_page', [page, bytesOf(velocity.readPage(page))])
  }

  #loadVelocity({ velocity }: Books): void {
    for (const row of this.#keep.rows('velocity_page')) {
      const body = row['body'] as Uint8Array
      const words = new Int32Array(body.buffer, body.byteOffset, body.byteLength / 4)
      const page = row['page'] as number
      if (page === LATEST_DAY) {
        velocity.restore(words[0]!)
        continue
      }
      let at = 0
      for (let sku = page * PAGE_SKUS; sku < (page + 1) * PAGE_SKUS; sku++) {
        const end = at + 1 + words[at]!
        for (at++; at < end; at += 2) velocity.restoreDay(sku, words[at]!, words[at + 1]!)
      }
    }
  }
}

const rowOf = (counts: readonly { readonly count: Count }[]): string =>
  JSON.stringify(counts.map((it) => ({ ...it, count: countRow(it.count) })))

const read = <T>(row: Record<string, unknown>): T[] => JSON.parse(row['body'] as string) as T[]

const bytesOf = (words: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(words).buffer)
