import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digestBytes } from '../kernel/hash64.ts'
import { shardDigest } from './digest.ts'
import { AT, HEADER_BYTES, type ShardHeader } from './layout.ts'
import type { RowFigures, SnapshotRow } from './row.ts'
import { ShardReader } from './shard-reader.ts'
import { encodeShard } from './shard.ts'

const header: ShardHeader = { region: 'eu', shard: 3, version: 41, asOf: 1_795_000_000_000 }

const quantity = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.maxSafeInteger().map((n) => Math.abs(n) % 200_000_000_000_000),
)
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,11}$/)
const someNodes = fc
  .uniqueArray(fc.record({ node: name, availableToSell: quantity }), {
    selector: ({ node }) => node,
    maxLength: 4,
  })
  .map((nodes) => nodes.sort((a, b) => (a.node < b.node ? -1 : 1)))
const aPool = fc.tuple(quantity, fc.boolean()).map(([n, isBelow]) => (isBelow ? 0 - n : n))
const channelPools = fc
  .dictionary(name, fc.record({ gross: quantity, pool: aPool, nodes: someNodes }), { minKeys: 1, maxKeys: 3 })
  .map((pools) => new Map(Object.entries(pools).sort(([a], [b]) => (a < b ? -1 : 1))))
const sku = fc.stringMatching(/^[\x21-\x7e]{1,64}$/)
const figures: fc.Arbitrary<RowFigures> = fc.record({
  sku,
  tier: fc.constantFrom('A' as const, 'B' as const, 'C' as const),
  inputs: fc.record({
    gross: quantity,
    pool: aPool,
    demandTotal: quantity,
    demandByClass: fc
      .uniqueArray(
        fc.tuple(
          name,
          quantity.filter((n) => n > 0),
        ),
        { selector: ([of]) => of, maxLength: 4 },
      )
      .map((entries) => new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)))),
  }),
  nodes: someNodes,
})
/** With what only some rows have: pools of channels, a kit of these, substitutes. */
const withMore = (
  plain: fc.Arbitrary<RowFigures>,
  parts: fc.Arbitrary<RowFigures>,
): fc.Arbitrary<RowFigures> =>
  fc
    .tuple(
      plain,
      fc.option(channelPools),
      fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 99 }), row: parts }), { maxLength: 2 }),
    )
    .map(([row, byChannel, kit]) => ({
      ...row,
      inputs: byChannel === null ? row.inputs : { ...row.inputs, byChannel },
      ...(kit.length === 0 ? {} : { kit }),
    }))
const aRow: fc.Arbitrary<SnapshotRow> = fc
  .tuple(withMore(figures, withMore(figures, figures)), fc.array(sku, { maxLength: 2 }))
  .map(([row, substitutes]) => (substitutes.length === 0 ? row : { ...row, substitutes }))
const someRows = fc.uniqueArray(aRow, { selector: ({ sku }) => sku, maxLength: 20 })

function opened(bytes: Uint8Array): ShardReader {
  const reader = ShardReader.open(bytes)
  if (!reader.ok) throw new Error(`${reader.error.code}: ${reader.error.detail}`)
  return reader.value
}

describe('a shard', () => {
  test('gives back its header and every row, by sku and all together', () =>
    fc.assert(
      fc.property(someRows, (rows) => {
        const reader = opened(encodeShard(header, rows))
        expect(reader.header).toEqual(header)
        for (const row of rows) expect(reader.find(row.sku)).toEqual(row)
        expect(new Set([...reader.rows()].map(({ sku }) => sku))).toEqual(new Set(rows.map(({ sku }) => sku)))
      }),
    ))

  test('does not know a sku that was not put in, printable or not', () =>
    fc.assert(
      fc.property(someRows, fc.string({ unit: 'binary' }), (rows, other) => {
        fc.pre(!rows.some(({ sku }) => sku === other))
        expect(opened(encodeShard(header, rows)).find(other)).toBeNull()
      }),
    ))

  test('has the same digest whatever the order of its rows, classes and nodes, and whenever it is made', () =>
    fc.assert(
      fc.property(someRows, fc.nat(), (rows, version) => {
        const turned = rows.toReversed().map((row) => ({
          ...row,
          nodes: row.nodes.toReversed(),
          inputs: {
            ...row.inputs,
            demandByClass: new Map([...row.inputs.demandByClass, ['idle', 0] as const].toReversed()),
          },
        }))
        const one = encodeShard(header, rows)
        expect(encodeShard(header, turned)).toEqual(one)
        const later = encodeShard({ region: 'us', shard: 9, version, asOf: version }, turned)
        expect(shardDigest(later)).toBe(shardDigest(one))
        expect(shardDigest(one)).toMatch(/^[0-9a-f]{16}$/)
      }),
    ))

  test('has another digest when one number differs', () =>
    fc.assert(
      fc.property(aRow, (row) => {
        const more = { ...row, inputs: { ...row.inputs, pool: row.inputs.pool + 1 } }
        expect(shardDigest(encodeShard(header, [more]))).not.toBe(shardDigest(encodeShard(header, [row])))
      }),
    ))

  test('keeps quantities far beyond 32 bits exact, and a pool below zero', () => {
    const inputs = {
      gross: 7e14,
      pool: -7e14,
      demandTotal: 1e15 - 7,
      demandByClass: new Map([['amazon', 1e15]]),
    }
    const row: SnapshotRow = { sku: 'x', tier: 'C', inputs, nodes: [{ node: 'ber1', availableToSell: 1e12 }] }
    expect(opened(encodeShard(header, [row])).find('x')).toEqual(row)
  })

  test('refuses to hold a sku twice or a quantity that is not whole', () => {
    const row: SnapshotRow = {
      sku: 'x',
      tier: 'A',
      inputs: { gross: 1, pool: 1, demandTotal: 0, demandByClass: new Map() },
      nodes: [],
    }
    expect(() => encodeShard(header, [row, { ...row }])).toThrow('sku twice')
    expect(() => encodeShard(header, [{ ...row, inputs: { ...row.inputs, gross: 0.5 } }])).toThrow(
      'not a storable',
    )
  })
})

describe('damage to a shard is always seen', () => {
  test('any one byte changed', () =>
    fc.assert(
      fc.property(someRows, fc.nat(), fc.integer({ min: 1, max: 255 }), (rows, where, by) => {
        const bytes = encodeShard(header, rows)
        bytes[where % bytes.length]! ^= by
        expect(ShardReader.open(bytes).ok).toBe(false)
      }),
      { numRuns: 1000 },
    ))

  test('cut anywhere, or with bytes behind it', () =>
    fc.assert(
      fc.property(someRows, fc.nat(), (rows, where) => {
        const bytes = encodeShard(header, rows)
        expect(ShardReader.open(bytes.subarray(0, where % bytes.length)).ok).toBe(false)
        expect(ShardReader.open(new Uint8Array([...bytes, 0])).ok).toBe(false)
      }),
    ))

  test('anything else at all', () =>
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => !ShardReader.open(bytes).ok)))
})

describe('a hostile encoder with right sums', () => {
  test('neither crashes nor holds up a reader', () =>
    fc.assert(
      fc.property(
        someRows,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), { minLength: 1, maxLength: 4 }),
        (rows, changes) => {
          const bytes = encodeShard(header, rows)
          for (const [where, value] of changes) bytes[AT.shard + (where % (bytes.length - AT.shard))] = value
          const reader = ShardReader.open(resigned(bytes))
          if (!reader.ok) return
          for (const row of rows) reader.value.find(row.sku)
          expect([...reader.value.rows()].length).toBe(reader.value.rowCount)
        },
      ),
      { numRuns: 2000 },
    ))

  test('is refused when it claims four thousand million rows', () => {
    const bytes = encodeShard(header, [])
    new DataView(bytes.buffer).setUint32(AT.rows, 0xffff_ffff, true)
    expect(ShardReader.open(resigned(bytes))).toMatchObject({ ok: false, error: { code: 'corrupt' } })
  })
})

function resigned(bytes: Uint8Array): Uint8Array {
  setHex(bytes, AT.digest, digestBytes(bytes.subarray(HEADER_BYTES)))
  bytes.fill(0, AT.checksum, AT.digest)
  setHex(bytes, AT.checksum, digestBytes(bytes.subarray(0, HEADER_BYTES)))
  return bytes
}

function setHex(bytes: Uint8Array, at: number, hex: string): void {
  for (let i = 0; i < 8; i++) bytes[at + i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
}
