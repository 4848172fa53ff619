import { constants, deflateSync, inflateSync } from 'node:zlib'
import type { Fact } from '../../shared/contract/events.ts'

/** Packing a small body costs more than it saves. */
const PACKED_FROM_BYTES = 16_384
/** RFC 1950: the low half of the first byte is the method, and 8 is deflate. JSON begins with a bracket or a brace, which end in 11. */
const METHOD_BITS = 0x0f
const DEFLATE = 8
/**
 * Facts repeat what the few before them said: a window of 8 kB finds as much as one of 32, and its tables are made for each
 * message. What comes out is small: a wide place for it costs more than a second one.
 */
const FASTEST = { level: constants.Z_BEST_SPEED, windowBits: 13, memLevel: 6, chunkSize: 4096 }
/** Most messages are unpacked in one piece. */
const IN_ONE = { chunkSize: 65_536 }

/**
 * The bytes of a message as the journal keeps them. Facts are much alike, so a message of a hundred packs to a tenth: that is
 * less to write and to sync than packing costs, and a tenth of the disk.
 */
export const packBody = (body: Uint8Array): Uint8Array =>
  body.length < PACKED_FROM_BYTES ? body : deflateSync(body, FASTEST)

export const unpackBody = (kept: Uint8Array): Uint8Array =>
  (kept[0]! & METHOD_BITS) === DEFLATE ? inflateSync(kept, IN_ONE) : kept

const decoder = new TextDecoder()

/** The facts of a message, as a stream carries it or as the journal keeps it: one, or a batch. */
export function factsIn(body: Uint8Array): Fact[] {
  const parsed = JSON.parse(decoder.decode(unpackBody(body))) as Fact | Fact[]
  return Array.isArray(parsed) ? parsed : [parsed]
}
