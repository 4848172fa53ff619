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
  #placed = 0
  #digestsFrom = 0

  constructor(ledger: Ledger, region: string, shardCount: number) {
    this.#ledger = ledger
    this.#region = region
    this.shardCount = shardCount
    this.#skusByShard = Array.from({ length: shardCount }, () => [])
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

  /**
   * The digest of each shard as the ledger has it now; '' for those that are `left` out, and for those that this turn's
   * share of rows does not reach, or that something more urgent comes before: the next turn goes on behind them.
   */
  async digests(isLeft: (shard: number) => boolean, isUrgent: () => boolean): Promise<string[]> {
    const digests = Array.from({ length: this.shardCount }, () => '')
    let rows = 0
    for (let turn = 0; turn < this.shardCount && rows < DIGEST_ROWS_MAX && !isUrgent(); turn++) {
      const shard = this.#digestsFrom
      this.#digestsFrom = (this.#digestsFrom + 1) % this.shardCount
      if (isLeft(shard)) continue
      rows += this.#skusByShard[shard]!.length
      digests[shard] = shardDigest((await this.build(shard, 0, 0)).body)
    }
    return digests
  }

  /** A shard of chosen rows only: what of tier A changed. */
  buildHot(rows: readonly SnapshotRow[], version: number, asOf: Instant): Uint8Array<ArrayBuffer> {
    return encodeShard({ region: this.#region, shard: 0, version, asOf }, rows)
  }

  /** What the edge is told of a sku; null for one that is no item yet. */
  row(sku: number): SnapshotRow | null {
    const { books, time } = this.#ledger
    if (books.master.item(books.skus.textOf(sku)) === undefined) return null
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
    for (; this.#placed < texts.length; this.#placed++)
      this.#skusByShard[this.shardOf(this.#placed)]!.push(this.#placed)
  }
}
