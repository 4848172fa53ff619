import type { Rules } from '../../shared/contract/push.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'

/** What the edge holds of a region as a whole. */
export type Head = {
  /** Grows by one with every applied push. */
  readonly revision: number
  /** The revision at which everything was replaced last. */
  readonly replacedRevision: number
  readonly rulesRevision: number
  readonly epoch: number
  /** The region's journal sequence that all of this reflects. */
  readonly version: number
  /** The moment, in ms, at which the region spoke. */
  readonly asOf: number
  /** The moment at which what is held of a tier was true: earlier by what waits for the tier's window. */
  readonly tierAsOf: Readonly<Record<Tier, number>>
  readonly shardCount: number
  readonly rules: Rules
}

/** Which copy of a shard is the right one, without its bytes. */
export type ShardMark = {
  readonly shard: number
  readonly version: number
  readonly digest: string
}

type StagedShard = ShardMark & { readonly bytes: Uint8Array }

/** A row that changed after its shard was written. */
export type HotRow = {
  readonly shard: number
  readonly version: number
  readonly row: SnapshotRow
}

/** Everything that moved after revision `since`, up to the head: one consistent view. */
export type Changes = {
  readonly since: number
  readonly head: Head
  readonly shards: readonly ShardMark[]
  readonly hot: readonly HotRow[]
}

/** A fresh start in parts, by what these have in common. */
export type Start = { readonly epoch: number; readonly asOf: number }

/** A verified push on its way in. */
export type Installation = Changes & {
  /** Whose staged shards are installed too; null where the push carries all there is. */
  readonly staged: Start | null
  readonly replacesAll: boolean
  readonly bodies: ReadonlyMap<number, Uint8Array>
  /** The hot rows as they came: an encoded shard of them alone. */
  readonly hotBytes: Uint8Array | null
  /** Skus whose figures may be others now; null: any. */
  readonly changed: readonly string[] | null
}

/** What some pushes changed, in their order. */
type ChangeLog = {
  /** Of this revision, and of those before, it isn't known any more. */
  readonly unloggedRevision: number
  readonly pushes: readonly { readonly revision: number; readonly skus: readonly string[] }[]
}

/**
 * The durable truth of one region. Null from a read means that no push was ever applied; a store that fails throws.
 */
export type RegionStore = {
  /** What moved after the head that the caller holds, and the bytes of these shards, all of one moment. */
  readonly read: (
    held: Head | null,
    shards: readonly number[],
  ) => Promise<{ readonly changes: Changes; readonly bodies: ReadonlyMap<number, Uint8Array> } | null>
  /** All of it or nothing. False when the store no longer holds revision `since`: another push came in between. */
  readonly install: (installation: Installation) => Promise<boolean>
  /** Keeps shards of a fresh start aside, in place of those of an earlier one. */
  readonly stage: (start: Start, shards: readonly StagedShard[]) => Promise<void>
  /** The marks of what is kept aside. */
  readonly readStaged: (start: Start) => Promise<readonly ShardMark[]>
  /** What the pushes of these revisions changed, the first of them up to a limit. */
  readonly readChanges: (from: number, upTo: number, pushesMax: number) => Promise<ChangeLog>
}
