import { ShardReader } from '../../shared/snapshot/shard-reader.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'

/**
 * What the edge acknowledged, row by row: the bytes of each shard as it travelled last, about 40 bytes a sku, with the rows
 * laid over it that travelled alone since.
 */
export class ToldRows {
  readonly #shards = new Map<number, Uint8Array>()
  readonly #opened = new Map<number, ShardReader>()
  readonly #rows = new Map<number, Map<string, SnapshotRow>>()

  noteShard(shard: number, bytes: Uint8Array): void {
    this.#shards.set(shard, bytes)
    this.#opened.delete(shard)
    this.#rows.delete(shard)
  }

  noteRow(shard: number, row: SnapshotRow): void {
    const rows = this.#rows.get(shard)
    if (rows) rows.set(row.sku, row)
    else this.#rows.set(shard, new Map([[row.sku, row]]))
  }

  /** Null for what the edge was not told of by this process. */
  find(shard: number, sku: string): SnapshotRow | null {
    return this.#rows.get(shard)?.get(sku) ?? this.#open(shard)?.find(sku) ?? null
  }

  #open(shard: number): ShardReader | null {
    const opened = this.#opened.get(shard)
    if (opened) return opened
    const bytes = this.#shards.get(shard)
    const reader = bytes && ShardReader.open(bytes)
    if (!reader?.ok) return null
    this.#opened.set(shard, reader.value)
    return reader.value
  }
}
