import type { ChannelPool } from '../domain/allocation.ts'
import { digestBytes, hash64 } from '../kernel/hash64.ts'
import { invariant } from '../kernel/invariant.ts'
import {
  AT,
  FLAG,
  FORMAT,
  HASH_BYTES,
  HEADER_BYTES,
  MAGIC,
  OFFSET_BYTES,
  REGION_BYTES_MAX,
  TIERS,
} from './layout.ts'
import type { ShardHeader } from './layout.ts'
import type { RowFigures, SnapshotRow } from './row.ts'
import { ShardWriter } from './shard-writer.ts'

type Placed = { readonly row: SnapshotRow; readonly hi: number; readonly lo: number }

/**
 * Rows as the bytes of layout.ts. The same rows give the same bytes behind the header in whatever order they, their
 * classes and their nodes come, so the digests of two encoders compare. A class without demand is left out.
 */
export function encodeShard(header: ShardHeader, rows: Iterable<SnapshotRow>): Uint8Array<ArrayBuffer> {
  const steps = encodingShard(header, rows)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The same in small steps, for who has something else to do in between. Rows are taken one a step. */
export function* encodingShard(
  header: ShardHeader,
  rows: Iterable<SnapshotRow>,
): Generator<void, Uint8Array<ArrayBuffer>> {
  const placed: Placed[] = []
  for (const row of rows) {
    placed.push({ row, ...hash64(row.sku) })
    yield
  }
  placed.sort(byHash)
  for (let i = 1; i < placed.length; i++) {
    invariant(placed[i]!.row.sku !== placed[i - 1]!.row.sku, `sku twice in a shard: ${placed[i]!.row.sku}`)
  }
  const names = stringTable(placed)
  const strings = new ShardWriter()
  for (const name of names.keys()) strings.ascii(name)
  const body = new ShardWriter()
  const offsets: number[] = []
  for (const { row } of placed) {
    offsets.push(body.length)
    writeRow(body, row, names)
    yield
  }
  const hashesAt = HEADER_BYTES + strings.length
  const rowsAt = hashesAt + placed.length * (HASH_BYTES + OFFSET_BYTES)
  const out = new Uint8Array(rowsAt + body.length)
  out.set(strings.written(), HEADER_BYTES)
  out.set(body.written(), rowsAt)
  const view = new DataView(out.buffer)
  placed.forEach(({ hi, lo }, i) => {
    view.setUint32(hashesAt + i * HASH_BYTES, hi, true)
    view.setUint32(hashesAt + i * HASH_BYTES + 4, lo, true)
    view.setUint32(hashesAt + placed.length * HASH_BYTES + i * OFFSET_BYTES, offsets[i]!, true)
  })
  writeHeader(out, header, { rows: placed.length, strings: names.size, stringBytes: strings.length })
  return out
}

function writeHeader(
  out: Uint8Array<ArrayBuffer>,
  header: ShardHeader,
  counts: { rows: number; strings: number; stringBytes: number },
): void {
  invariant(header.region.length <= REGION_BYTES_MAX, `region too long: ${header.region}`)
  invariant(counts.strings < 65_536, 'too many names in a shard')
  const view = new DataView(out.buffer)
  view.setUint32(AT.magic, MAGIC, true)
  view.setUint16(AT.format, FORMAT, true)
  view.setUint16(AT.strings, counts.strings, true)
  view.setUint32(AT.length, out.length, true)
  view.setUint32(AT.shard, header.shard, true)
  view.setFloat64(AT.version, header.version, true)
  view.setFloat64(AT.asOf, header.asOf, true)
  view.setUint32(AT.rows, counts.rows, true)
  view.setUint32(AT.stringBytes, counts.stringBytes, true)
  for (let i = 0; i < header.region.length; i++) out[AT.region + i] = header.region.charCodeAt(i)
  writeHex(out, AT.digest, digestBytes(out.subarray(HEADER_BYTES)))
  // The checksum's own bytes count as zero.
  writeHex(out, AT.checksum, digestBytes(out.subarray(0, HEADER_BYTES)))
}

function writeRow(out: ShardWriter, row: SnapshotRow, names: Names): void {
  const { substitutes = [] } = row
  out.ascii(row.sku)
  writeFigures(out, row, names, substitutes.length > 0 ? FLAG.substitutes : 0)
  if (substitutes.length === 0) return
  out.varint(substitutes.length)
  for (const sku of substitutes) out.ascii(sku)
}

function writeFigures(out: ShardWriter, row: RowFigures, names: Names, flags: number): void {
  const { gross, pool, demandTotal, demandByClass, byChannel = NO_POOLS } = row.inputs
  const { kit = [] } = row
  invariant(Math.abs(pool) <= Number.MAX_SAFE_INTEGER / 8, `not a storable pool: ${pool}`)
  out.u8(
    TIERS.indexOf(row.tier) |
      flags |
      (byChannel.size > 0 ? FLAG.channelPools : 0) |
      (kit.length > 0 ? FLAG.kit : 0),
  )
  out.quantity(gross)
  out.quantity(demandTotal)
  out.zigzag(gross - demandTotal - pool)
  const demands = [...demandByClass].filter(([, demand]) => demand !== 0).sort(byName)
  out.varint(demands.length)
  for (const [name, demand] of demands) {
    out.varint(names.get(name)!)
    out.quantity(demand)
  }
  writeNodes(out, row.nodes, names)
  if (byChannel.size > 0) out.varint(byChannel.size)
  for (const [channel, its] of [...byChannel].sort(byName)) {
    out.varint(names.get(channel)!)
    out.quantity(its.gross)
    out.zigzag(its.gross - its.pool)
    writeNodes(out, its.nodes, names)
  }
  if (kit.length > 0) out.varint(kit.length)
  for (const { quantity, row: component } of kit) {
    out.quantity(quantity)
    out.ascii(component.sku)
    writeFigures(out, component, names, 0)
  }
}

function writeNodes(out: ShardWriter, nodes: RowFigures['nodes'], names: Names): void {
  const sorted = nodes.map(({ node, availableToSell }) => [node, availableToSell] as const).sort(byName)
  out.varint(sorted.length)
  for (const [name, availableToSell] of sorted) {
    out.varint(names.get(name)!)
    out.quantity(availableToSell)
  }
}

type Names = ReadonlyMap<string, number>
const NO_POOLS: ReadonlyMap<string, ChannelPool> = new Map()

/** Every class, node and channel of the shard, once, in order, with its number. */
function stringTable(placed: readonly Placed[]): Names {
  const names = new Set<string>()
  for (const { row } of placed) addNames(names, row)
  return new Map([...names].sort().map((name, number) => [name, number]))
}

function addNames(names: Set<string>, { inputs, nodes, kit = [] }: RowFigures): void {
  for (const [name, demand] of inputs.demandByClass) if (demand !== 0) names.add(name)
  for (const { node } of nodes) names.add(node)
  for (const [channel, its] of inputs.byChannel ?? NO_POOLS) {
    names.add(channel)
    for (const { node } of its.nodes) names.add(node)
  }
  for (const { row } of kit) addNames(names, row)
}

function byHash(a: Placed, b: Placed): number {
  return a.hi - b.hi || a.lo - b.lo || (a.row.sku < b.row.sku ? -1 : 1)
}

const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number =>
  a[0] < b[0] ? -1 : 1

function writeHex(out: Uint8Array, at: number, hex: string): void {
  for (let i = 0; i < hex.length / 2; i++) out[at + i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
}
