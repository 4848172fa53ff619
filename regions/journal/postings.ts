import { hash64Into } from '../../shared/kernel/hash64.ts'
import type { Term } from './terms.ts'

/** Where a term is mentioned: its hash in two halves, and the entry. */
type Hashed = { readonly hi: number; readonly lo: number }

/** A segment is cut in so many pieces, so that a look-up reads one of them: a dozen kilobytes. */
export const BUCKETS = 128
const BUCKET_SHIFT = 32 - Math.log2(BUCKETS)

const halves = new Uint32Array(2)

function hashOf({ kind, of }: Term): Hashed {
  hash64Into(`${kind} ${of}`, halves)
  return { hi: halves[0]!, lo: halves[1]! }
}

export const bucketOf = (term: Term): number => hashOf(term).hi >>> BUCKET_SHIFT

/**
 * Mentions that are still gathered. Two terms may share a hash: whoever finds an entry by one looks whether it is meant.
 */
export class Postings {
  readonly #entries = new Map<bigint, number[]>()
  size = 0

  add(term: Term, entry: number): void {
    const key = keyOf(hashOf(term))
    const known = this.#entries.get(key)
    if (known === undefined) this.#entries.set(key, [entry])
    else if (known[known.length - 1] === entry) return
    else known.push(entry)
    this.size++
  }

  /** Ascending. */
  entriesOf(term: Term): readonly number[] {
    return this.#entries.get(keyOf(hashOf(term))) ?? []
  }

  /** A blob a bucket: pairs of the hash's lower half and how far the entry lies behind `first`, in that order. */
  encode(first: number): Uint8Array[] {
    const buckets: [number, number][][] = Array.from({ length: BUCKETS }, () => [])
    for (const [key, entries] of this.#entries) {
      const bucket = buckets[Number(key >> 32n) >>> BUCKET_SHIFT]!
      const lo = Number(key & 0xffffffffn)
      for (const entry of entries) bucket.push([lo, entry - first])
    }
    return buckets.map((pairs) => {
      pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1])
      return new Uint8Array(Uint32Array.from(pairs.flat()).buffer)
    })
  }
}

/** The entries of a term in its bucket, ascending. */
export function entriesIn(body: Uint8Array, term: Term, first: number): number[] {
  const words = new Uint32Array(body.slice().buffer)
  const { lo } = hashOf(term)
  let [low, high] = [0, words.length / 2]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (words[middle * 2]! < lo) low = middle + 1
    else high = middle
  }
  const entries: number[] = []
  for (let at = low; words[at * 2] === lo; at++) {
    const entry = first + words[at * 2 + 1]!
    if (entries[entries.length - 1] !== entry) entries.push(entry)
  }
  return entries
}

const keyOf = ({ hi, lo }: Hashed): bigint => (BigInt(hi) << 32n) | BigInt(lo)
