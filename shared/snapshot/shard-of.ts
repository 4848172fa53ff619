import { hash64Into } from '../kernel/hash64.ts'

const halves = new Uint32Array(2)

/** The shard that a sku lives in. The low half places it, so that a shard's sorted high halves stay evenly spread. */
export function shardOf(sku: string, shardCount: number): number {
  hash64Into(sku, halves)
  return halves[1]! % shardCount
}
