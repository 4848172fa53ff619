import type { ChannelPool, NodeOffer } from '../domain/allocation.ts'
import { KIT_DEPTH_MAX } from '../domain/kit.ts'
import { FLAG, FLAGS_KNOWN, TIERS, TIER_MASK } from './layout.ts'
import type { RowFigures, SnapshotRow } from './row.ts'

/** Eight groups of seven bits reach past 2^53; a longer varint is nobody's number. */
const VARINT_BYTES_MAX = 8

/**
 * Decodes rows out of the bytes of a shard. `endOf` is the careful walk, once per opening; `read` and `isSku` rely on it.
 */
export class RowCursor {
  readonly #bytes: Uint8Array
  #strings: readonly string[] = []
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Decodes the table of names; false when they don't fill the place from `at` to `end` exactly. */
  readStrings(at: number, end: number, count: number): boolean {
    const strings: string[] = []
    this.#at = at
    while (strings.length < count) {
      if (this.#at >= end || this.#at + 1 + this.#bytes[this.#at]! > end) return false
      strings.push(this.#ascii())
    }
    this.#strings = strings
    return this.#at === end
  }

  /** Where the row at `at` ends, or -1 when it can't be decoded within the bytes. */
  endOf(at: number): number {
    this.#at = at
    if (!this.#passAscii()) return -1
    const flags = this.#passFigures(0)
    if (flags < 0) return -1
    if ((flags & FLAG.substitutes) === 0) return this.#at
    for (let left = this.#count(); left !== 0; left--) if (left < 0 || !this.#passAscii()) return -1
    return this.#at
  }

  /** Walks over figures and answers their flags; -1 for what can't be decoded. */
  #passFigures(depth: number): number {
    const flags = this.#bytes[this.#at++] ?? -1
    if (flags < 0 || flags > FLAGS_KNOWN || (flags & TIER_MASK) >= TIERS.length) return -1
    for (let i = 0; i < 3; i++) if (this.#varint() < 0) return -1
    for (let list = 0; list < 2; list++) if (!this.#passPairs()) return -1
    if ((flags & FLAG.channelPools) !== 0)
      for (let left = this.#count(); left !== 0; left--)
        if (left < 0 || !this.#passName() || this.#varint() < 0 || this.#varint() < 0 || !this.#passPairs())
          return -1
    if ((flags & FLAG.kit) !== 0) {
      if (depth >= KIT_DEPTH_MAX) return -1
      for (let left = this.#count(); left !== 0; left--)
        if (left < 0 || this.#varint() < 0 || !this.#passAscii() || this.#passFigures(depth + 1) < 0)
          return -1
    }
    return flags
  }

  #passPairs(): boolean {
    for (let left = this.#count(); left !== 0; left--)
      if (left < 0 || !this.#passName() || this.#varint() < 0) return false
    return true
  }

  #passName(): boolean {
    const name = this.#varint()
    return name >= 0 && name < this.#strings.length
  }

  #passAscii(): boolean {
    const length = this.#bytes[this.#at] ?? 0
    this.#at += 1 + length
    return length > 0 && this.#at <= this.#bytes.length
  }

  /** A count of entries of two bytes or more each: one that can't fit is refused (-1) before it is walked. */
  #count(): number {
    const count = this.#varint()
    return this.#at + 2 * count > this.#bytes.length ? -1 : count
  }

  isSku(at: number, sku: string): boolean {
    if (this.#bytes[at] !== sku.length) return false
    for (let i = 0; i < sku.length; i++) if (this.#bytes[at + 1 + i] !== sku.charCodeAt(i)) return false
    return true
  }

  read(at: number): SnapshotRow {
    this.#at = at
    const sku = this.#ascii()
    const { flags, figures } = this.#figures(sku)
    if ((flags & FLAG.substitutes) === 0) return figures
    const substitutes: string[] = []
    for (let left = this.#varint(); left > 0; left--) substitutes.push(this.#ascii())
    return { ...figures, substitutes }
  }

  #figures(sku: string): { readonly flags: number; readonly figures: RowFigures } {
    const flags = this.#bytes[this.#at++]!
    const tier = TIERS[flags & TIER_MASK]!
    const gross = this.#zigzag()
    const demandTotal = this.#zigzag()
    const pool = gross - demandTotal - this.#zigzag()
    const demandByClass = new Map<string, number>()
    for (let left = this.#varint(); left > 0; left--) demandByClass.set(this.#name(), this.#zigzag())
    const nodes = this.#nodes()
    const inputs = { gross, pool, demandTotal, demandByClass }
    const hasPools = (flags & FLAG.channelPools) !== 0
    const figures: RowFigures = {
      sku,
      tier,
      inputs: hasPools ? { ...inputs, byChannel: this.#channelPools() } : inputs,
      nodes,
    }
    return { flags, figures: (flags & FLAG.kit) === 0 ? figures : { ...figures, kit: this.#kit() } }
  }

  #nodes(): NodeOffer[] {
    const nodes: NodeOffer[] = []
    for (let left = this.#varint(); left > 0; left--)
      nodes.push({ node: this.#name(), availableToSell: this.#zigzag() })
    return nodes
  }

  #channelPools(): Map<string, ChannelPool> {
    const pools = new Map<string, ChannelPool>()
    for (let left = this.#varint(); left > 0; left--) {
      const channel = this.#name()
      const gross = this.#zigzag()
      const pool = gross - this.#zigzag()
      pools.set(channel, { gross, pool, nodes: this.#nodes() })
    }
    return pools
  }

  #kit(): { quantity: number; row: RowFigures }[] {
    const kit: { quantity: number; row: RowFigures }[] = []
    for (let left = this.#varint(); left > 0; left--) {
      const quantity = this.#zigzag()
      kit.push({ quantity, row: this.#figures(this.#ascii()).figures })
    }
    return kit
  }

  #name(): string {
    return this.#strings[this.#varint()]!
  }

  #ascii(): string {
    const length = this.#bytes[this.#at++]!
    let text = ''
    for (const end = this.#at + length; this.#at < end; this.#at++)
      text += String.fromCharCode(this.#bytes[this.#at]!)
    return text
  }

  #zigzag(): number {
    const n = this.#varint()
    return n % 2 === 0 ? n / 2 : -(n + 1) / 2
  }

  /** By arithmetic, as it was written; -1 when it runs out of the bytes or past 2^53. */
  #varint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < VARINT_BYTES_MAX; i++) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) return -1
      if (byte < 128) {
        value += byte * scale
        return value <= Number.MAX_SAFE_INTEGER ? value : -1
      }
      value += (byte - 128) * scale
      scale *= 128
    }
    return -1
  }
}
