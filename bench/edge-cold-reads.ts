import type { Figure } from './figure.ts'
import { MeasuredEdge } from './measured-edge.ts'
import { median } from './median.ts'

/**
 * A read in an isolate that holds nothing, from KV and from D1, beside one bare call of that binding for the same bytes. The
 * cold read looks the key up, reads the head, brings the shard in, checks every byte of it, and answers.
 */
const SHARDS = 8
const READS = 60

export async function run(): Promise<Figure[]> {
  const edge = await MeasuredEdge.start(SHARDS)
  const skus = edge.skusOf(0)
  const key = { authorization: `Bearer ${edge.edge.channelKey}` }
  const timeOf = async (path: string, headers: Record<string, string>): Promise<number> => {
    const startedAt = performance.now()
    const response = await fetch(`${edge.edge.url}${path}`, { headers })
    const { byteLength } = await response.arrayBuffer()
    if (!response.ok || byteLength < 50) throw new Error(`${path} answered ${response.status}`)
    return performance.now() - startedAt
  }
  try {
    const figures: Figure[] = []
    for (const store of ['kv', 'd1'] as const) {
      const cold: number[] = []
      const bare: number[] = []
      for (let n = -5; n < READS; n++) {
        const its = await timeOf(`/v1/availability/${skus[(n + 5) * 13]}`, { ...key, 'x-cold': store })
        const floor = await timeOf(`/bare/${store}`, {})
        if (n < 0) continue
        cold.push(its)
        bare.push(floor)
      }
      const [value, floor] = [median(cold), median(bare)]
      const figure = `a cold read from ${store === 'kv' ? 'KV' : 'D1'}, beside the bare call, p50`
      figures.push({ bench: 'edge-cold-reads', figure, value, unit: 'ms', floor, ratio: value / floor })
    }
    return figures
  } finally {
    await edge.stop()
  }
}
