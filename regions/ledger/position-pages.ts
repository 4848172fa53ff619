import type { Interning } from './core/interning.ts'
import type { Count } from './core/count-order.ts'
import { PAGE_SLOTS, PHYSICAL_STATES, type PositionRow, type Positions } from './core/positions.ts'

/**
 * Positions as a checkpoint keeps them: PAGE_SLOTS neighbours in one blob, because a row each would take longer to read
 * back than a start may take. A change rewrites its page: about 3 kB, little more than SQLite's own page.
 *
 *   slots      u8
 *   per slot   sku, node, lot  i32 | onHand, damaged, quarantined, in transit, as of  f64 | three count numbers u8
 *   then       how many counts u8 | per count: source i32, as of f64, sequence f64, id (length u16, UTF-8)
 */
const SLOT_BYTES = 3 * 4 + 5 * 8 + 3
/** An id has at most 256 characters, of at most 4 bytes. */
const COUNT_BYTES_MAX = 4 + 8 + 8 + 2 + 1024
const PAGE_BYTES_MAX = PAGE_SLOTS * (SLOT_BYTES + 3 * COUNT_BYTES_MAX) + 2
const NO_COUNT = 255

const scratch = new Uint8Array(PAGE_BYTES_MAX)
const view = new DataView(scratch.buffer)
const encoder = new TextEncoder()

export function encodePage(positions: Positions, page: number): Uint8Array {
  const from = page * PAGE_SLOTS
  const to = Math.min(from + PAGE_SLOTS, positions.size)
  const rows: number[] = []
  let at = 1
  view.setUint8(0, to - from)
  for (let slot = from; slot < to; slot++) {
    view.setInt32(at, positions.skuOf(slot), true)
    view.setInt32(at + 4, positions.nodeOf(slot), true)
    view.setInt32(at + 8, positions.lotOf(slot), true)
    at += 12
    for (const state of PHYSICAL_STATES) {
      view.setFloat64(at, positions.value(slot, state), true)
      at += 8
    }
    view.setFloat64(at, positions.inTransit(slot), true)
    view.setFloat64(at + 8, positions.asOf(slot), true)
    at += 16
    for (const state of PHYSICAL_STATES)
      view.setUint8(at++, numberOf(rows, positions.countRowOf(slot, state)))
  }
  view.setUint8(at++, rows.length)
  for (const row of rows) at = writeCount(positions.counts.get(row), at)
  return scratch.slice(0, at)
}

function numberOf(rows: number[], row: number): number {
  if (row < 0) return NO_COUNT
  const known = rows.lastIndexOf(row)
  return known >= 0 ? known : rows.push(row) - 1
}

function writeCount({ source, asOf, sequence, id }: Count, start: number): number {
  let at = start
  view.setInt32(at, source, true)
  view.setFloat64(at + 4, asOf, true)
  view.setFloat64(at + 12, sequence, true)
  at += 20
  const { written } = encoder.encodeInto(id, scratch.subarray(at + 2))
  view.setUint16(at, written, true)
  return at + 2 + written
}

/** Written over for each slot: a start reads millions of them. */
const row: PositionRow = {
  sku: 0,
  node: 0,
  lot: 0,
  asOf: 0,
  inTransit: 0,
  values: [0, 0, 0],
  countRows: [-1, -1, -1],
}

/** Puts the slots of a page back behind those that are there; pages come in their order. */
export function restorePage(positions: Positions, body: Uint8Array, sources: Interning): void {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const at = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const slots = bytes[0]!
  const counts = restoreCounts(positions, bytes, 1 + slots * SLOT_BYTES, sources)
  for (let i = 0, from = 1; i < slots; i++, from += SLOT_BYTES) {
    row.sku = at.getInt32(from, true)
    row.node = at.getInt32(from + 4, true)
    row.lot = at.getInt32(from + 8, true)
    row.inTransit = at.getFloat64(from + 36, true)
    row.asOf = at.getFloat64(from + 44, true)
    for (let state = 0; state < PHYSICAL_STATES.length; state++) {
      row.values[state] = at.getFloat64(from + 12 + 8 * state, true)
      row.countRows[state] = counts[bytes[from + 52 + state]!] ?? -1
    }
    positions.restore(row)
  }
}

/** The rows that a page's counts have in the table now, by their number in the page. */
function restoreCounts(positions: Positions, bytes: Buffer, start: number, sources: Interning): number[] {
  const rows: number[] = []
  let at = start + 1
  for (let left = bytes[start]!; left > 0; left--) {
    const source = bytes.readInt32LE(at)
    const idBytes = bytes.readUInt16LE(at + 20)
    const count = {
      source,
      sourceName: sources.textOf(source),
      asOf: bytes.readDoubleLE(at + 4),
      sequence: bytes.readDoubleLE(at + 12),
      id: bytes.toString('utf8', at + 22, at + 22 + idBytes),
    }
    rows.push(positions.counts.add(count))
    at += 22 + idBytes
  }
  return rows
}
