import { invariant } from '../kernel/invariant.ts'
import { ROW_QUANTITY_MAX } from './layout.ts'

/** Bytes that grow as they are written. */
export class ShardWriter {
  #bytes = new Uint8Array(4096)
  length = 0

  u8(value: number): void {
    this.#grow(1)
    this.#bytes[this.length++] = value
  }

  /** Plain 7-bit groups, by arithmetic: bit operations would cut a quantity to 32 bits. */
  varint(value: number): void {
    this.#grow(8)
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.length++] = rest
  }

  /** A quantity that may be negative: 0, -1, 1, -2 … become 0, 1, 2, 3 … */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  quantity(value: number): void {
    invariant(
      Number.isInteger(value) && Math.abs(value) <= ROW_QUANTITY_MAX,
      `not a storable quantity: ${value}`,
    )
    this.zigzag(value)
  }

  /** A short name, its length in front. */
  ascii(text: string): void {
    invariant(text.length > 0 && text.length <= 255, `not a storable name: ${text}`)
    this.u8(text.length)
    this.#grow(text.length)
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      invariant(code < 128, `not ASCII: ${text}`)
      this.#bytes[this.length++] = code
    }
  }

  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length)
  }

  #grow(by: number): void {
    if (this.length + by <= this.#bytes.length) return
    const larger = new Uint8Array(this.#bytes.length * 2)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}
