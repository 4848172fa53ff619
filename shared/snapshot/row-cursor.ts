import { TIERS, TIER_MASK } from './layout.ts'
import type { SnapshotRow } from './row.ts'

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
    const skuLength = this.#bytes[at] ?? 0
    if (skuLength === 0 || at + 2 + skuLength > this.#bytes.length) return -1
    this.#at = at + 1 + skuLength
    if ((this.#bytes[this.#at++]! & TIER_MASK) >= TIERS.length) return -1
    for (let i = 0; i < 3; i++) if (this.#varint() < 0) return -1
    for (let list = 0; list < 2; list++) {
      const count = this.#varint()
      // Each entry takes two bytes or more, so a count beyond that is refused before it is walked.
      if (count < 0 || this.#at + 2 * count > this.#bytes.length) return -1
      for (let i = 0; i < count; i++) {
        const name = this.#varint()
        if (name < 0 || name >= this.#strings.length || this.#varint() < 0) return -1
      }
    }
    return this.#at
  }

  isSku(at: number, sku: string): boolean {
    if (this.#bytes[at] !== sku.length) return false
    for (let i = 0; i < sku.length; i++) if (this.#bytes[at + 1 + i] !== sku.charCodeAt(i)) return false
    return true
  }

  read(at: number): SnapshotRow {
    this.#at = at
    const sku = this.#ascii()
    const tier = TIERS[this.#bytes[this.#at++]! & TIER_MASK]!
    const gross = this.#zigzag()
    const demandTotal = this.#zigzag()
    const pool = gross - demandTotal - this.#zigzag()
    const demandByClass = new Map<string, number>()
    for (let left = this.#varint(); left > 0; left--) demandByClass.set(this.#name(), this.#zigzag())
    const nodes: { node: string; availableToSell: number }[] = []
    for (let left = this.#varint(); left > 0; left--)
      nodes.push({ node: this.#name(), availableToSell: this.#zigzag() })
    return { sku, tier, inputs: { gross, pool, demandTotal, demandByClass }, nodes }
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
