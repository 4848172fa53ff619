import { encodeShard, encodingShard } from '../../shared/snapshot/shard.ts'
import { shardDigest } from '../../shared/snapshot/digest.ts'
import { inSlices } from '../../shared/node/in-slices.ts'
import { shardOf } from '../../shared/snapshot/shard-of.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { figuresOf } from '../ledger/core/figures.ts'
import type { Ledger } from '../ledger/core/ledger.ts'
import { snapshotRowOf } from '../ledger/core/snapshot-row.ts'

export type BuiltShard = {
  readonly shard: number
  readonly version: number
  readonly body: Uint8Array<ArrayBuffer>
}

/** Rows encoded for one report of digests: some tenth of a second of work, in slices. */
const DIGEST_ROWS_MAX = 20_000

/**
 * Encodes shards of a region's ledger, in slices: a shard of some thousand rows takes longer than a hold may wait. What
 * changes meanwhile is in it or not; it is dirty again, and travels. A sku is in the shard its name hashes to, once it is
 * an item.
 */
export class ShardBuilder {
  readonly #ledger: Ledger
  readonly #region: string
  readonly shardCount: number
  readonly #skusByShard: number[][]
  /** The digest of each shard as it was worked out last, and those that are others since. */
  readonly #digests: string[]
  readonly #stale = new Set<number>()
  #placed = 0
  #digestsFrom = 0

  constructor(ledger: Ledger, region: string, shardCount: number) {
    this.#ledger = ledger
    this.#region = region
    this.shardCount = shardCount
    this.#skusByShard = Array.from({ length: shardCount }, () => [])
    this.#digests = Array.from({ length: shardCount }, () => '')
    for (let shard = 0; shard < shardCount; shard++) this.#stale.add(shard)
  }

  shardOf = (sku: number): number => this.shardOfName(this.#ledger.books.skus.textOf(sku))

  shardOfName = (sku: string): number => shardOf(sku, this.shardCount)

  async build(shard: number, version: number, asOf: Instant): Promise<BuiltShard> {
    this.#placeNew()
    const header = { region: this.#region, shard, version, asOf }
    return {
      shard,
      version,
      body: await inSlices(encodingShard(header, this.#rows(this.#skusByShard[shard]!))),
    }
  }

  /** A sku's figures may be others now. */
  touch(sku: number): void {
    this.#stale.add(this.shardOf(sku))
  }

  /**
   * The digest of each shard as the ledger has it now; '' for those that are `left` out, and for changed ones that this
   * turn's share of rows does not reach, or that something more urgent comes before. What is left of the share goes into
   * working others out again, turn by turn: so a change that nobody told of is found too.
   */
  async digests(isLeft: (shard: number) => boolean, isUrgent: () => boolean): Promise<string[]> {
    this.#placeNew()
    let rows = 0
    for (const shard of this.#workedOut()) {
      if (rows >= DIGEST_ROWS_MAX || isUrgent()) break
      if (isLeft(shard)) continue
      rows += this.#skusByShard[shard]!.length
      this.#stale.delete(shard)
      this.#digests[shard] = shardDigest((await this.build(shard, 0, 0)).body)
    }
    return this.#digests.map((digest, shard) => (isLeft(shard) || this.#stale.has(shard) ? '' : digest))
  }

  /** Those that are others now, and behind them each of the rest in its turn. */
  *#workedOut(): Generator<number> {
    yield* new Set(this.#stale)
    for (let turn = 0; turn < this.shardCount; turn++) {
      yield this.#digestsFrom
      this.#digestsFrom = (this.#digestsFrom + 1) % this.shardCount
    }
  }

  /** The rows of a shard as the ledger has them now. */
  rowsOf(shard: number): SnapshotRow[] {
    this.#placeNew()
    return [...this.#rows(this.#skusByShard[shard] ?? [])]
  }

  /** A shard of chosen rows only: what of tier A changed. */
  buildHot(rows: readonly SnapshotRow[], version: number, asOf: Instant): Uint8Array<ArrayBuffer> {
    return encodeShard({ region: this.#region, shard: 0, version, asOf }, rows)
  }

  /** What the edge is told of a sku; null for one that is no item yet. */
  row(sku: number): SnapshotRow | null {
    const { books, time } = this.#ledger
    if (books.master.itemAt(sku) === undefined) return null
    return snapshotRowOf(figuresOf(books, sku, time.at))
  }

  *#rows(skus: Iterable<number>): Generator<SnapshotRow> {
    for (const sku of skus) {
      const row = this.row(sku)
      if (row !== null) yield row
    }
  }

  #placeNew(): void {
    const { texts } = this.#ledger.books.skus
    for (; this.#placed < texts.length; this.#placed++) {
      this.#skusByShard[this.shardOf(this.#placed)]!.push(this.#placed)
      this.touch(this.#placed)
    }
  }
}
