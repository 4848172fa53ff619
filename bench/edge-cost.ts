import { LIMITS, priceOf, PRICES, type Used } from './cloudflare-prices.ts'
import type { Figure } from './figure.ts'
import { MeasuredEdge, SKUS_PER_SHARD } from './measured-edge.ts'
import { median } from './median.ts'

/**
 * What the edge costs in a month, and what the naive design (a KV value, or a D1 row, for each sku and channel) would. How many rows
 * of D1 a push takes is measured by pushing into one; how long it takes stands for its CPU, which is less. The rest is multiplication.
 */
const SKUS = 1_000_000
const CHANNELS = 20
const REGIONS = 3
/** In all regions together; each region holds every sku. */
const CHANGES_PER_SECOND = 5_000
const OF_TIER_A = 0.3
const WINDOW_A_MS = 250
/** Of tier B; in each of its windows every shard has changed. */
const WINDOW_B_MS = 30_000
const READS_PER_SECOND = 1_000
/** Isolates that read a region, and ask D1 twice a second what moved. */
const ISOLATES = 100
const ASKS_PER_SECOND = 2

const MONTH_S = 30 * 86_400
const SHARDS_MEASURED = 4
/** Pushes of half a second, with what they carry: an isolate that took none of them itself reads these rows too. */
const ASKED_MORE = Math.ceil(
  (1_000 / ASKS_PER_SECOND / WINDOW_A_MS) * (1 + (SKUS / SKUS_PER_SHARD) * (WINDOW_A_MS / WINDOW_B_MS)),
)

export async function run(): Promise<Figure[]> {
  const bench = 'edge-cost'
  const shards = Math.ceil(SKUS / SKUS_PER_SHARD)
  const pushesPerSecond = 1_000 / WINDOW_A_MS
  const hotRows = Math.round((CHANGES_PER_SECOND / REGIONS) * OF_TIER_A * (WINDOW_A_MS / 1_000))
  const shardsPerPush = shards / (WINDOW_B_MS / 1_000) / pushesPerSecond
  const one = await measure(hotRows)

  const months = REGIONS * MONTH_S
  const pushes = pushesPerSecond * months
  const wholeShards = shardsPerPush * pushes
  const writing: Used = {
    requests: pushes,
    cpuMs: pushes * (one.hot.cpuMs + shardsPerPush * one.shard.cpuMs),
    kvWrites: wholeShards,
    d1RowsWritten: pushes * one.hot.rowsWritten + wholeShards * one.shard.rowsWritten,
    d1RowsRead: pushes * one.hot.rowsRead + wholeShards * one.shard.rowsRead,
  }
  const naive = CHANGES_PER_SECOND * CHANNELS * MONTH_S
  const naiveInKv = priceOf({ kvWrites: naive })
  const naiveInD1 = priceOf({ d1RowsWritten: naive })
  const reading: Used = {
    requests: READS_PER_SECOND * MONTH_S,
    kvReads: READS_PER_SECOND * MONTH_S,
    d1RowsRead: ISOLATES * ASKS_PER_SECOND * months * one.asked.rowsRead,
  }
  const line = (figure: string, value: number, unit: string, floor?: number): Figure => ({
    bench,
    figure,
    value: Math.round(value * 100) / 100,
    unit,
    ...(floor === undefined ? {} : { floor: Math.round(floor), ratio: value / floor }),
  })
  const dollars = (used: Used): number => priceOf(used) + PRICES.planPerMonth
  return [
    line(`D1 rows written by a push with ${hotRows} hot rows`, one.hot.rowsWritten, 'rows'),
    line('D1 rows written for a whole shard more', one.shard.rowsWritten, 'rows'),
    line('time of a push with hot rows, for its CPU', one.hot.cpuMs, 'ms'),
    line('time of a whole shard more, for its CPU', one.shard.cpuMs, 'ms'),
    line('D1 rows read by an isolate that asks what moved', one.asked.rowsRead, 'rows'),
    line(
      'writes to one KV key, of those allowed',
      1_000 / WINDOW_B_MS,
      '1/s',
      LIMITS.kvWritesPerKeyPerSecond,
    ),
    line('a shard in D1, of what a row may take', one.shard.bytesInD1, 'bytes', LIMITS.d1RowBytes),
    line('telling the edge, beside a KV value a sku and channel', dollars(writing), '$/month', naiveInKv),
    line('telling the edge, beside a D1 row a sku and channel', dollars(writing), '$/month', naiveInD1),
    line('of that KV writes', priceOf({ kvWrites: writing.kvWrites! }), '$/month'),
    line('of that D1 rows written', priceOf({ d1RowsWritten: writing.d1RowsWritten! }), '$/month'),
    line('of that requests and CPU', priceOf({ requests: pushes, cpuMs: writing.cpuMs! }), '$/month'),
    line(`reading ${READS_PER_SECOND}/s, if each needs KV`, priceOf(reading), '$/month'),
  ]
}

type Cost = { readonly rowsWritten: number; readonly rowsRead: number; readonly cpuMs: number }

const PUSHES_MEASURED = 64

/** What one push with hot rows takes, what each whole shard adds, and what the question of a reader reads. */
async function measure(hotRows: number): Promise<{
  hot: Cost
  shard: Cost & { bytesInD1: number }
  asked: { rowsRead: number }
}> {
  const edge = await MeasuredEdge.start(SHARDS_MEASURED)
  try {
    const costOf = async (shards: readonly number[]): Promise<Cost> => {
      const times: number[] = []
      await edge.rowsSince()
      for (let n = 0; n < PUSHES_MEASURED; n++)
        times.push(await edge.push(edge.rows.slice(0, hotRows), shards))
      const { written, read } = await edge.rowsSince()
      return { rowsWritten: written / times.length, rowsRead: read / times.length, cpuMs: median(times) }
    }
    const hot = await costOf([])
    const more = await costOf([0, 1])
    const perShard = (of: keyof Cost): number => Math.max(0, more[of] - hot[of]) / 2
    // The isolate has taken both pushes itself: it asks what another one would have told it.
    await new Promise((resolve) => setTimeout(resolve, 1_000 / ASKS_PER_SECOND + 100))
    await edge.rowsSince()
    await edge.edge.get(`/v1/availability/${edge.rows[0]!.sku}`)
    const asked = await edge.rowsSince()
    return {
      hot,
      shard: {
        rowsWritten: perShard('rowsWritten'),
        rowsRead: perShard('rowsRead'),
        cpuMs: perShard('cpuMs'),
        bytesInD1: Math.ceil(edge.shardBytes(0).length / 3) * 4,
      },
      asked: { rowsRead: asked.read + ASKED_MORE },
    }
  } finally {
    await edge.stop()
  }
}
