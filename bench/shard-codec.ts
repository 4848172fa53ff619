import { gzipSync } from 'node:zlib'
import type { Rules } from '../shared/contract/push.ts'
import { figureOf } from '../shared/snapshot/figure.ts'
import { encodeShard } from '../shared/snapshot/shard.ts'
import { ShardReader } from '../shared/snapshot/shard-reader.ts'
import type { SnapshotRow } from '../shared/snapshot/row.ts'
import type { Figure } from './figure.ts'
import { distributorRow, SKUS_PER_SHARD } from './measured-edge.ts'
import { median } from './median.ts'
import { msgpackBytes } from './msgpack-bytes.ts'

/**
 * What a sku takes with 20 channels and 3 nodes, and how long a lookup takes, beside JSON. A shard holds the inputs of the
 * allocation; the others hold what a reader is told, a figure for each channel and node, as they would have to.
 */
const CHANNELS = Array.from({ length: 20 }, (_, i) => `channel-${String(i + 1).padStart(2, '0')}`)
const RULES: Pick<Rules, 'allocation'> = {
  allocation: {
    '*': CHANNELS.map((name, i) => ({ class: name, priority: i, ringFence: { percent: 4 }, buffer: 1 })),
  },
}
const LOOKUPS = 20_000
const TURNS = 9

type Document = { sku: string; tier: string; channels: Record<string, number>; nodes: Record<string, number> }

export function run(): Promise<Figure[]> {
  const bench = 'shard-codec'
  const rows = Array.from({ length: SKUS_PER_SHARD }, (_, i) => rowOf(i))
  const documents = rows.map(documentOf)
  const bytes = encodeShard({ region: 'eu', shard: 0, version: 1, asOf: 0 }, rows)
  const json = JSON.stringify(documents)
  const each = documents.map((document) => JSON.stringify(document))
  const perSku = (length: number): number => Math.round((length / rows.length) * 10) / 10
  const ours = perSku(bytes.length)
  const beside = (figure: string, length: number): Figure => {
    const floor = perSku(length)
    return {
      bench,
      figure: `bytes a sku, beside ${figure}`,
      value: ours,
      unit: 'bytes',
      floor,
      ratio: ours / floor,
    }
  }

  const shard = ShardReader.open(bytes)
  if (!shard.ok) throw new Error(shard.error.detail)
  const wanted = Array.from({ length: LOOKUPS }, (_, i) => (i * 7_919) % rows.length)
  const ask = { channel: CHANNELS[7]! }
  const found = perCall(wanted, (i) => figureOf(shard.value.find(rows[i]!.sku)!, RULES, ask))
  const looked = perCall(wanted, (i) => shard.value.find(rows[i]!.sku)!.inputs.pool)
  const parsed = perCall(wanted, (i) => (JSON.parse(each[i]!) as Document).channels[ask.channel]!)
  const opened = perCall([0, 0, 0], () => (ShardReader.open(bytes).ok ? 1 : 0))
  const parsedAll = perCall([0, 0, 0], () => (JSON.parse(json) as Document[]).length)
  const time = (figure: string, value: number, floor: number, unit: string): Figure => {
    const scale = unit === 'ms' ? 1 : 1_000
    return { bench, figure, value: value * scale, unit, floor: floor * scale, ratio: value / floor }
  }
  return Promise.resolve([
    beside('JSON', json.length),
    beside('gzipped JSON', gzipSync(json).length),
    beside(
      'msgpack',
      documents.reduce((sum, document) => sum + msgpackBytes(document), 0),
    ),
    { bench, figure: 'bytes a sku, gzipped', value: perSku(gzipSync(bytes).length), unit: 'bytes' },
    time('a row from an open shard, beside JSON.parse of that sku alone', looked, parsed, 'µs'),
    time('a channel’s figure from an open shard, beside JSON.parse of that sku alone', found, parsed, 'µs'),
    time('opening 4,096 skus, every byte checked, beside JSON.parse of them', opened, parsedAll, 'ms'),
  ])
}

/** As the distributor's, with demand of ten of its channels. */
function rowOf(i: number): SnapshotRow {
  const row = distributorRow(i)
  const demandByClass = new Map(
    CHANNELS.filter((_, n) => n % 2 === i % 2).map((name, n) => [name, (i + n) % 5]),
  )
  const demandTotal = [...demandByClass.values()].reduce((sum, demand) => sum + demand, 0)
  return {
    ...row,
    inputs: { ...row.inputs, demandByClass, demandTotal, pool: row.inputs.gross - demandTotal },
  }
}

const documentOf = (row: SnapshotRow): Document => ({
  sku: row.sku,
  tier: row.tier,
  channels: Object.fromEntries(CHANNELS.map((channel) => [channel, figureOf(row, RULES, { channel })])),
  nodes: Object.fromEntries(row.nodes.map(({ node, availableToSell }) => [node, availableToSell])),
})

/** Milliseconds of one call, in the median turn. */
function perCall(inputs: readonly number[], call: (input: number) => number): number {
  const turns: number[] = []
  let sum = 0
  for (let turn = 0; turn < TURNS; turn++) {
    const startedAt = performance.now()
    for (const input of inputs) sum += call(input)
    turns.push((performance.now() - startedAt) / inputs.length)
  }
  // What is computed is used, so that no compiler leaves it out.
  if (Number.isNaN(sum)) throw new Error('no figure')
  return median(turns)
}
