import { encodeShard } from '../../shared/snapshot/shard.ts'
import { shardDigest } from '../../shared/snapshot/digest.ts'
import { shardOf } from '../../shared/snapshot/shard-of.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import type { Books } from '../ledger/core/books.ts'
import { figuresOf, snapshotRowOf } from '../ledger/core/figures.ts'

export type BuiltShard = {
  readonly shard: number
  readonly version: number
  readonly body: Uint8Array<ArrayBuffer>
}

/** Encodes shards of a region's ledger. A sku is in the shard its name hashes to, once it is an item. */
export class ShardBuilder {
  readonly #books: Books
  readonly #region: string
  readonly shardCount: number
  readonly #skusByShard: number[][]
  #placed = 0
  /** The digest of each shard as it was last built. */
  readonly digests: string[]

  constructor(books: Books, region: string, shardCount: number) {
    this.#books = books
    this.#region = region
    this.shardCount = shardCount
    this.#skusByShard = Array.from({ length: shardCount }, () => [])
    this.digests = Array.from({ length: shardCount }, () => '')
  }

  shardOf = (sku: number): number => shardOf(this.#books.skus.textOf(sku), this.shardCount)

  build(shard: number, version: number, asOf: Instant): BuiltShard {
    this.#placeNew()
    const body = encodeShard(
      { region: this.#region, shard, version, asOf },
      this.#rows(this.#skusByShard[shard]!),
    )
    this.digests[shard] = shardDigest(body)
    return { shard, version, body }
  }

  /** A shard of chosen skus only: what of tier A changed. */
  buildHot(skus: Iterable<number>, version: number, asOf: Instant): Uint8Array<ArrayBuffer> {
    return encodeShard({ region: this.#region, shard: 0, version, asOf }, this.#rows([...skus]))
  }

  #rows(skus: readonly number[]) {
    return skus
      .filter((sku) => this.#books.master.item(this.#books.skus.textOf(sku)) !== undefined)
      .map((sku) => snapshotRowOf(figuresOf(this.#books, sku)))
  }

  #placeNew(): void {
    const { texts } = this.#books.skus
    for (; this.#placed < texts.length; this.#placed++)
      this.#skusByShard[this.shardOf(this.#placed)]!.push(this.#placed)
  }
}
