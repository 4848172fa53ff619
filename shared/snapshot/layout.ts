import { FIGURE_MAX } from '../domain/quantity.ts'

/**
 * The bytes of a shard, all numbers little-endian. A reader looks one sku up without touching the other rows.
 *
 *   0  u32 magic "PLSM"          28  u32 shard                 56  16 bytes region, zero-padded
 *   4  u16 format                32  f64 version               72  strings: count × (u8 length, ASCII), sorted
 *   6  u16 number of strings     40  f64 asOf (ms)              …  hashes:  rows × (u32 hi, u32 lo), sorted
 *   8  u32 length of all         48  u32 rows                   …  offsets: rows × u32, from the start of the rows
 *  12  8 bytes header checksum   52  u32 bytes of strings       …  rows
 *  20  8 bytes digest of 72…
 *
 * The digest covers everything behind the header, so it depends on the rows alone; the header checksum covers the
 * header with the digest in it. Together they see every flipped byte: each step of the hash is a bijection.
 *
 * A row: u8 length and ASCII of the sku | figures | if substitutes: count × (u8 length, ASCII).
 * Figures: u8 flags (bits 0-1 tier, 2 channel pools, 3 kit, 4 substitutes) | gross | demandTotal |
 * gross − demandTotal − pool | count of classes × (string, demand) | nodes |
 * if channel pools: count × (string, gross, gross − pool, nodes) |
 * if kit: count × (quantity, u8 length and ASCII of the component, its figures).
 * Nodes: count × (string, availableToSell). Quantities are zigzag varints, counts and strings plain ones.
 *
 * Format 1 had no flags but the tier: a reader of format 2 reads it too.
 */
export const MAGIC = 0x4d53_4c50
export const FORMAT = 2
export const FORMATS_READ: readonly number[] = [1, 2]
export const HEADER_BYTES = 72
export const HASH_BYTES = 8
export const OFFSET_BYTES = 4
export const REGION_BYTES_MAX = 16

export const AT = {
  magic: 0,
  format: 4,
  strings: 6,
  length: 8,
  checksum: 12,
  digest: 20,
  shard: 28,
  version: 32,
  asOf: 40,
  rows: 48,
  stringBytes: 52,
  region: 56,
} as const

/** The order is the stored number of a tier: append only. */
export const TIERS = ['A', 'B', 'C'] as const
export const TIER_MASK = 0b11
export const FLAG = { channelPools: 0b100, kit: 0b1000, substitutes: 0b1_0000 } as const
export const FLAGS_KNOWN = 0b1_1111

/** gross − demandTotal − pool, doubled by zigzag, is still an exact integer in a double. */
export const ROW_QUANTITY_MAX = FIGURE_MAX

export type ShardHeader = {
  readonly region: string
  readonly shard: number
  /** The journal sequence that the rows reflect. */
  readonly version: number
  /** The moment, in ms, at which the rows were true. */
  readonly asOf: number
}
