/**
 * A stable 64-bit hash as two unsigned 32-bit halves (murmur-style mixing, two lanes). It places skus in shards and
 * recognises facts, so it is part of the stored formats: it must never change.
 */
export type Hash64 = { readonly hi: number; readonly lo: number }

/** Fast form for hot paths: writes the halves into `out[0]` (hi) and `out[1]` (lo). */
export function hash64Into(text: string, out: Uint32Array): void {
  start(text.length)
  mix(text)
  writeMixed(out)
}

/** The hash of texts with a space between each two, as if they were one text: joining them costs more than hashing. */
export function hash64JoinedInto(parts: readonly string[], out: Uint32Array): void {
  let length = parts.length - 1
  for (const part of parts) length += part.length
  start(length)
  for (let i = 0; i < parts.length; i++) {
    if (i > 0) mix(' ')
    mix(parts[i]!)
  }
  writeMixed(out)
}

function start(length: number): void {
  mixed[0] = 0x9e3779b9 ^ length
  mixed[1] = 0x85ebca6b ^ length
}

function writeMixed(out: Uint32Array): void {
  const h1 = finish(mixed[0]! ^ (mixed[1]! >>> 3))
  out[0] = h1
  out[1] = finish(mixed[1]! ^ h1)
}

const mixed = new Int32Array(2)

function mix(text: string): void {
  let h1 = mixed[0]!
  let h2 = mixed[1]!
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i)
    h1 = Math.imul(h1 ^ k, 0xcc9e2d51)
    h1 = (h1 << 13) | (h1 >>> 19)
    h2 = Math.imul(h2 ^ k, 0x1b873593)
    h2 = (h2 << 15) | (h2 >>> 17)
  }
  mixed[0] = h1
  mixed[1] = h2
}

const scratch = new Uint32Array(2)

export function hash64(text: string): Hash64 {
  hash64Into(text, scratch)
  return { hi: scratch[0]!, lo: scratch[1]! }
}

/** The hash of a text, 16 hexadecimal digits. */
export function digestText(text: string): string {
  hash64Into(text, scratch)
  return hex32(scratch[0]!) + hex32(scratch[1]!)
}

/** The same mixing over bytes; 16 hexadecimal digits. A digest against accidents, not against forgery. */
export function digestBytes(bytes: Uint8Array): string {
  let h1 = 0x9e3779b9 ^ bytes.length
  let h2 = 0x85ebca6b ^ bytes.length
  for (let i = 0; i < bytes.length; i++) {
    const k = bytes[i]!
    h1 = Math.imul(h1 ^ k, 0xcc9e2d51)
    h1 = (h1 << 13) | (h1 >>> 19)
    h2 = Math.imul(h2 ^ k, 0x1b873593)
    h2 = (h2 << 15) | (h2 >>> 17)
  }
  h1 = finish(h1 ^ (h2 >>> 3))
  h2 = finish(h2 ^ h1)
  return hex32(h1) + hex32(h2)
}

const hex32 = (h: number): string => (h >>> 0).toString(16).padStart(8, '0')

function finish(h: number): number {
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
