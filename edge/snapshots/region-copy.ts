import { formatInstant } from '../../shared/kernel/clock.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import { shardOf } from '../../shared/snapshot/shard-of.ts'
import type { ShardReader } from '../../shared/snapshot/shard-reader.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'
import type { Changes, Head, HotRow, ShardMark } from './region-store.ts'

export type Time = { readonly at: number; readonly text: string }

/** A moment of the region: its journal sequence, when it spoke of that, and when what is held of a tier was true. */
export type Moment = {
  readonly version: number
  readonly spoken: Time
  readonly byTier: Readonly<Record<Tier, Time>>
}

/** Null for a row that isn't there at that moment: the sku is unknown. */
export type Found = { readonly row: SnapshotRow | null; readonly moment: Moment; readonly isCurrent: boolean }

type Held = { readonly reader: ShardReader; readonly hot: ReadonlyMap<string, HotRow> }

export type Slot = {
  mark: ShardMark
  /** The bytes that the mark asks for, once they were fetched. */
  reader: ShardReader | null
  /** Rows newer than the mark. */
  hot: Map<string, HotRow>
  /** What was current before the mark moved, and at which moment it last was. Dropped when the new bytes arrive. */
  older: (Held & { readonly moment: Moment }) | null
  /** Another one with every move of the mark, so what was worked out from a row is known to be outdated. */
  stamp: number
  /** The count of lookups in the region when this one was used last: what is cold is evicted first. */
  usedAt: number
}

/** What one isolate holds of one region. Pure: it is told what moved, and says what it can answer. */
export class RegionCopy {
  #head: Head | null = null
  #moment: Moment = momentOf({ version: 0, asOf: 0, tierAsOf: { A: 0, B: 0, C: 0 } })
  #slots: Slot[] = []
  #lookups = 0
  #stamps = 0
  /** Bytes of the shards held. */
  bytes = 0

  get head(): Head | null {
    return this.#head
  }

  get moment(): Moment {
    return this.#moment
  }

  /** Takes in what moved. Changes that don't follow on what is held (a slower read, a replica behind) are left alone. */
  install(changes: Changes): void {
    const before = this.#head
    const { head } = changes
    if (changes.since > (before?.revision ?? 0)) return
    if (before && head.revision <= before.revision) return
    const replacesAll = head.replacedRevision > (before?.revision ?? 0)
    if (replacesAll && before?.shardCount !== head.shardCount) this.#startAfresh()
    this.#slots.length = head.shardCount
    for (const mark of changes.shards) this.#move(mark, replacesAll)
    for (const hot of changes.hot) this.#heat(hot)
    this.#head = head
    this.#moment = momentOf(head)
  }

  /** Takes in the bytes of a shard, when they are the ones that the head asks for. */
  put(reader: ShardReader, digest: string): boolean {
    const slot = this.#slots[reader.header.shard]
    if (!slot || slot.mark.version !== reader.header.version || slot.mark.digest !== digest) return false
    if (slot.reader) return true
    this.bytes += reader.bytes.length - (slot.older?.reader.bytes.length ?? 0)
    slot.reader = reader
    slot.older = null
    return true
  }

  /** Where the sku lives. Its row is the same as long as the stamp and the hot row are. */
  slotOf(sku: string): Slot | undefined {
    const slot = this.#slots[shardOf(sku, this.#slots.length)]
    if (slot) this.noteUse(slot)
    return slot
  }

  noteUse(slot: Slot): void {
    slot.usedAt = ++this.#lookups
  }

  /** The shard that it takes to tell of this sku, when its bytes aren't here; otherwise -1. */
  missingShardOf(sku: string): number {
    const shard = shardOf(sku, this.#slots.length)
    const slot = this.#slots[shard]
    return slot && !slot.reader && !slot.hot.has(sku) ? shard : -1
  }

  /** The row as of the head, or the shard whose bytes it takes to say. */
  find(sku: string): Found | { readonly missing: number } {
    const shard = shardOf(sku, this.#slots.length)
    const slot = this.#slots[shard]
    if (!slot) return { row: null, moment: this.#moment, isCurrent: true }
    const hot = slot.hot.get(sku)
    if (hot) return { row: hot.row, moment: this.#moment, isCurrent: true }
    if (!slot.reader) return { missing: shard }
    return { row: slot.reader.find(sku), moment: this.#moment, isCurrent: true }
  }

  /** The row as it was when this shard was last known to be right; null when nothing older is held. */
  findOlder(sku: string): Found | null {
    const older = this.#slots[shardOf(sku, this.#slots.length)]?.older
    if (!older) return null
    const row = older.hot.get(sku)?.row ?? older.reader.find(sku)
    return { row, moment: older.moment, isCurrent: false }
  }

  /** Every sku of a shard, in order; null when its bytes aren't here. */
  skusOf(shard: number): string[] | null {
    const slot = this.#slots[shard]
    if (!slot?.reader) return null
    const skus = new Set(slot.hot.keys())
    for (const { sku } of slot.reader.rows()) skus.add(sku)
    return [...skus].sort()
  }

  markOf(shard: number): ShardMark | null {
    return this.#slots[shard]?.mark ?? null
  }

  /** Drops the shards that were used longest ago until the rest takes no more than this. */
  evict(bytesMax: number): void {
    if (this.bytes <= bytesMax) return
    const coldFirst = this.#slots.filter(Boolean).sort((a, b) => a.usedAt - b.usedAt)
    for (const slot of coldFirst) {
      if (this.bytes <= bytesMax) return
      this.bytes -= heldBytes(slot)
      slot.reader = null
      slot.older = null
    }
  }

  #startAfresh(): void {
    // Whoever remembers one of them has to look again.
    for (const slot of this.#slots) if (slot) slot.stamp = ++this.#stamps
    this.#slots = []
    this.bytes = 0
  }

  #move(mark: ShardMark, replacesAll: boolean): void {
    const slot = this.#slots[mark.shard]
    if (!slot) {
      this.#slots[mark.shard] = {
        mark,
        reader: null,
        hot: new Map(),
        older: null,
        stamp: ++this.#stamps,
        usedAt: 0,
      }
      return
    }
    if (slot.mark.version === mark.version && slot.mark.digest === mark.digest) {
      if (replacesAll) slot.hot = new Map()
      return
    }
    slot.stamp = ++this.#stamps
    if (slot.reader) slot.older = { reader: slot.reader, hot: slot.hot, moment: this.#moment }
    slot.reader = null
    slot.mark = mark
    slot.hot = new Map(replacesAll ? [] : [...slot.hot].filter(([, hot]) => hot.version > mark.version))
  }

  #heat(hot: HotRow): void {
    const slot = this.#slots[hot.shard]
    if (slot && hot.version > slot.mark.version) slot.hot.set(hot.row.sku, hot)
  }
}

function momentOf({ version, asOf, tierAsOf }: Pick<Head, 'version' | 'asOf' | 'tierAsOf'>): Moment {
  const time = (at: number): Time => ({ at, text: formatInstant(at) })
  const byTier = { A: time(tierAsOf.A), B: time(tierAsOf.B), C: time(tierAsOf.C) }
  return { version, spoken: time(asOf), byTier }
}

const heldBytes = (slot: Slot): number =>
  (slot.reader?.bytes.length ?? 0) + (slot.older?.reader.bytes.length ?? 0)
