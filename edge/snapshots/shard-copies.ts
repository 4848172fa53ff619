/** What a copy says about itself; compared with the head's mark before the copy is used. */
export type CopyMark = {
  readonly epoch: number
  readonly version: number
  readonly asOf: number
  readonly digest: string
}

type ShardCopy = { readonly bytes: Uint8Array; readonly mark: CopyMark }

/** The wide, cheap copies of whole shards. They may lag, by minutes: nothing is believed without its mark. */
export type ShardCopies = {
  readonly get: (region: string, shard: number) => Promise<ShardCopy | null>
  readonly put: (region: string, shard: number, copy: ShardCopy) => Promise<void>
}
