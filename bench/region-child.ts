import { join } from 'node:path'
import { answerOf } from '../regions/api/availability-answer.ts'
import { viewAt } from '../regions/api/availability-view.ts'
import { LedgerWriter } from '../regions/ledger/ledger-writer.ts'
import { openDatabase } from '../regions/store/database.ts'
import { Channel, Region } from '../shared/domain/ids.ts'
import { median, quantile } from './median.ts'
import { CHANNELS, factsIn, messagesOf, type Size, skuName, tailOf } from './region-story.ts'

/** One process of the region-size bench: `fill` takes a region in and leaves it as a kill would, `open` finds it again. */
export type Filled = {
  readonly rssMb: number
  readonly rssMbMax: number
  readonly factsPerSecond: number
  readonly tail: number
}
export type Opened = {
  readonly readyMs: number
  readonly rssMbMax: number
  readonly queryMs50: number
  readonly queryMs99: number
  /** Writing the same answers as JSON. */
  readonly jsonMs50: number
}

/** What a busy stream delivers at once. */
const MESSAGES_PER_COMMIT = 64
const QUERY_SKUS = 1000
const WARM_UPS = 50
const QUERIES = 300

const [does, folder, json] = process.argv.slice(2)
const size = JSON.parse(json!) as Size
const file = join(folder!, 'region.db')
process.stdout.write(JSON.stringify(does === 'fill' ? fill() : open()))
process.exit(0)

function fill(): Filled {
  let stopped: number | null = null
  const writer = new LedgerWriter(openDatabase(file), { now: () => stopped ?? Date.now() })
  let sequence = 0
  const take = (messages: Iterable<Uint8Array>): void => {
    let batch: { sequence: number; body: Uint8Array }[] = []
    for (const body of messages) {
      batch.push({ sequence: ++sequence, body })
      if (batch.length === MESSAGES_PER_COMMIT) writer.commit('FACTS', 'bench', batch.splice(0))
    }
    writer.commit('FACTS', 'bench', batch)
  }
  const startedAt = performance.now()
  take(messagesOf(size))
  const seconds = (performance.now() - startedAt) / 1000
  writer.checkpoint()
  const checkpointed = writer.ledger.sequence
  if (checkpointed !== factsIn(size)) throw new Error('not every fact was folded')
  // By a clock that stands still no checkpoint is due: what comes now is the tail.
  stopped = Date.now()
  take(tailOf(size))
  globalThis.gc!()
  return {
    rssMb: process.memoryUsage().rss / 1e6,
    rssMbMax: rssMbMax(),
    factsPerSecond: checkpointed / seconds,
    tail: writer.ledger.sequence - checkpointed,
  }
}

function open(): Opened {
  const startedAt = performance.now()
  const { ledger } = new LedgerWriter(openDatabase(file), { now: () => Date.now() })
  const view = () => viewAt(Region.parse('eu'), ledger.books, ledger.sequence, Date.now())
  if (answerOf(view(), skuName(7), {}) === null) throw new Error('the ledger does not answer')
  const readyMs = performance.now() - startedAt
  const queries: number[] = []
  const writings: number[] = []
  for (let n = 0; n < WARM_UPS + QUERIES; n++) {
    const channel = Channel.parse(CHANNELS[n % CHANNELS.length])
    const skus = Array.from({ length: QUERY_SKUS }, (_, i) => skuName((n * 7919 + i * 104_729) % size.skus))
    const askedAt = performance.now()
    const now = view()
    const answers = skus.map((sku) => answerOf(now, sku, { channel }))
    const answeredAt = performance.now()
    JSON.stringify({ results: answers })
    const writtenAt = performance.now()
    if (answers.some((it) => it === null)) throw new Error('a sku has no answer')
    if (n < WARM_UPS) continue
    queries.push(answeredAt - askedAt)
    writings.push(writtenAt - answeredAt)
  }
  return {
    readyMs,
    rssMbMax: rssMbMax(),
    queryMs50: median(queries),
    queryMs99: quantile(queries, 0.99),
    jsonMs50: median(writings),
  }
}

/** The kernel's own mark of the most that was ever resident. */
function rssMbMax(): number {
  return (process.resourceUsage().maxRSS * 1024) / 1e6
}
