import type { Instant } from '../../shared/kernel/clock.ts'
import { ShardReader } from '../../shared/snapshot/shard-reader.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'

/** Rows that travelled alone are laid over their shard by every reader: after so long, or when they are so many, it travels anew. */
const LAID_OVER_MS_MAX = 60_000
const LAID_OVER_ROWS_MAX = 1_024

type LaidOver = { readonly since: Instant; readonly rows: Map<string, SnapshotRow> }

/**
 * What the edge acknowledged, row by row: the bytes of each shard as it travelled last, about 40 bytes a sku, with the rows
 * laid over it that travelled alone since.
 */
export class ToldRows {
  readonly #shards = new Map<number, Uint8Array>()
  readonly #opened = new Map<number, ShardReader>()
  readonly #laidOver = new Map<number, LaidOver>()

  noteShard(shard: number, bytes: Uint8Array): void {
    this.#shards.set(shard, bytes)
    this.#opened.delete(shard)
    this.#laidOver.delete(shard)
  }

  noteRow(shard: number, row: SnapshotRow, now: Instant): void {
    const laidOver = this.#laidOver.get(shard)
    if (laidOver) laidOver.rows.set(row.sku, row)
    else this.#laidOver.set(shard, { since: now, rows: new Map([[row.sku, row]]) })
  }

  /** Null for what the edge was not told of by this process. */
  find(shard: number, sku: string): SnapshotRow | null {
    return this.#laidOver.get(shard)?.rows.get(sku) ?? this.#open(shard)?.find(sku) ?? null
  }

  /** Shards that have to travel anew, so that the edge can forget the rows laid over them. */
  *tooMuchLaidOver(now: Instant): Generator<number> {
    for (const [shard, { since, rows }] of this.#laidOver)
      if (now - since >= LAID_OVER_MS_MAX || rows.size >= LAID_OVER_ROWS_MAX) yield shard
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
