import { digestBytes, hash64Into } from '../kernel/hash64.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { hexAt } from './digest.ts'
import {
  AT,
  FORMATS_READ,
  HASH_BYTES,
  HEADER_BYTES,
  MAGIC,
  OFFSET_BYTES,
  REGION_BYTES_MAX,
} from './layout.ts'
import type { ShardHeader } from './layout.ts'
import { RowCursor } from './row-cursor.ts'
import type { SnapshotRow } from './row.ts'

export type ShardRefusal = {
  readonly code: 'not-a-shard' | 'unknown-format' | 'truncated' | 'corrupt'
  readonly detail: string
}

/**
 * Reads a shard in place: `find` is a binary search over the hashes and decodes one row. `open` has checked the sums and
 * walked every row, so nothing here throws afterwards, whoever made the bytes.
 */
export class ShardReader {
  readonly header: ShardHeader
  readonly rowCount: number
  readonly bytes: Uint8Array
  readonly #view: DataView
  readonly #rows: RowCursor
  readonly #hashesAt: number
  readonly #offsetsAt: number
  readonly #rowsAt: number

  private constructor(bytes: Uint8Array, view: DataView) {
    this.bytes = bytes
    this.#view = view
    this.rowCount = view.getUint32(AT.rows, true)
    this.#hashesAt = HEADER_BYTES + view.getUint32(AT.stringBytes, true)
    this.#offsetsAt = this.#hashesAt + this.rowCount * HASH_BYTES
    this.#rowsAt = this.#offsetsAt + this.rowCount * OFFSET_BYTES
    this.#rows = new RowCursor(bytes)
    this.header = {
      region: regionOf(bytes),
      shard: view.getUint32(AT.shard, true),
      version: view.getFloat64(AT.version, true),
      asOf: view.getFloat64(AT.asOf, true),
    }
  }

  static open(bytes: Uint8Array): Result<ShardReader, ShardRefusal> {
    const refuse = (code: ShardRefusal['code'], detail: string) => err({ code, detail })
    if (bytes.length < HEADER_BYTES) return refuse('truncated', 'shorter than a header')
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    if (view.getUint32(AT.magic, true) !== MAGIC) return refuse('not-a-shard', 'it does not begin with PLSM')
    const format = view.getUint16(AT.format, true)
    if (!FORMATS_READ.includes(format))
      return refuse('unknown-format', `format ${format}; this reader knows ${FORMATS_READ.join(' and ')}`)
    const length = view.getUint32(AT.length, true)
    if (length !== bytes.length) return refuse('truncated', `${bytes.length} bytes of ${length}`)
    if (headerChecksum(bytes) !== hexAt(bytes, AT.checksum))
      return refuse('corrupt', 'the header checksum differs')
    if (digestBytes(bytes.subarray(HEADER_BYTES)) !== hexAt(bytes, AT.digest))
      return refuse('corrupt', 'the digest of the rows differs')
    const reader = new ShardReader(bytes, view)
    const fault = reader.#fault()
    return fault === null ? ok(reader) : refuse('corrupt', fault)
  }

  find(sku: string): SnapshotRow | null {
    hash64Into(sku, halves)
    const hi = halves[0]!
    const lo = halves[1]!
    for (let i = this.#lowest(hi, lo); i < this.rowCount; i++) {
      const at = this.#hashesAt + i * HASH_BYTES
      if (this.#view.getUint32(at, true) !== hi || this.#view.getUint32(at + 4, true) !== lo) return null
      const rowAt = this.#rowAt(i)
      if (this.#rows.isSku(rowAt, sku)) return this.#rows.read(rowAt)
    }
    return null
  }

  *rows(): IterableIterator<SnapshotRow> {
    for (let i = 0; i < this.rowCount; i++) yield this.#rows.read(this.#rowAt(i))
  }

  #rowAt(i: number): number {
    return this.#rowsAt + this.#view.getUint32(this.#offsetsAt + i * OFFSET_BYTES, true)
  }

  /** The first row whose hash is not below the one looked for. */
  #lowest(hi: number, lo: number): number {
    let from = 0
    let to = this.rowCount
    while (from < to) {
      const middle = (from + to) >>> 1
      const at = this.#hashesAt + middle * HASH_BYTES
      const high = this.#view.getUint32(at, true)
      if (high < hi || (high === hi && this.#view.getUint32(at + 4, true) < lo)) from = middle + 1
      else to = middle
    }
    return from
  }

  /** What is wrong with the structure, although the sums are right: only a faulty or hostile encoder gets here. */
  #fault(): string | null {
    if (this.#rowsAt > this.bytes.length) return 'more rows than bytes'
    const strings = this.#view.getUint16(AT.strings, true)
    if (!this.#rows.readStrings(HEADER_BYTES, this.#hashesAt, strings))
      return 'the names do not fill their place'
    let end = this.#rowsAt
    for (let i = 0; i < this.rowCount; i++) {
      if (this.#rowAt(i) !== end) return `row ${i} is not where the one before ends`
      if (i > 0 && !this.#isAscending(i)) return `row ${i} is out of order`
      end = this.#rows.endOf(end)
      if (end < 0) return `row ${i} can't be read`
    }
    return end === this.bytes.length ? null : 'bytes left over'
  }

  #isAscending(i: number): boolean {
    const at = this.#hashesAt + i * HASH_BYTES
    const before = this.#view.getUint32(at - HASH_BYTES, true)
    const here = this.#view.getUint32(at, true)
    if (before !== here) return before < here
    return this.#view.getUint32(at - HASH_BYTES + 4, true) <= this.#view.getUint32(at + 4, true)
  }
}

const halves = new Uint32Array(2)

function headerChecksum(bytes: Uint8Array): string {
  const header = bytes.slice(0, HEADER_BYTES)
  header.fill(0, AT.checksum, AT.digest)
  return digestBytes(header)
}

function regionOf(bytes: Uint8Array): string {
  let region = ''
  for (let i = AT.region; i < AT.region + REGION_BYTES_MAX && bytes[i] !== 0; i++)
    region += String.fromCharCode(bytes[i]!)
  return region
}
