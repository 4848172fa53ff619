import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newEffects } from '../regions/ledger/core/effects.ts'
import { Ledger } from '../regions/ledger/core/ledger.ts'
import { LedgerWriter } from '../regions/ledger/ledger-writer.ts'
import { openDatabase } from '../regions/store/database.ts'
import type { Fact } from '../shared/contract/events.ts'
import { factsSubject } from '../shared/contract/subjects.ts'
import {
  type Bus,
  connectBus,
  ensureStream,
  type JsMsg,
  readStream,
  streamState,
} from '../shared/node/nats.ts'
import { startLeaf } from '../tests/support/nats-servers.ts'
import type { Figure } from './figure.ts'
import { median, ratioOf } from './median.ts'

const FACTS = 300_000
/** A message as a source of some hundred facts a second fills it, and as the hub's border fills it when much comes at once. */
const FACTS_PER_MESSAGE = [100, 500] as const
const SKUS = 50_000
/** The ways of reading take turns, so that a busy neighbour hurts them alike; the first turn warms up. */
const TURNS = 7

const decoder = new TextDecoder()
const clock = { now: () => Date.now() }

/**
 * Claim: folding with the journal on the disk keeps ≥ 0.4 of the rate at which the same messages can be consumed from
 * JetStream and parsed, and nothing else.
 */
export async function run(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const batch of FACTS_PER_MESSAGE) figures.push(...(await measure(batch)))
  return figures
}

async function measure(batch: number): Promise<Figure[]> {
  const server = await startLeaf({ region: 'eu' })
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  const bus = await connectBus('bench', { servers: [server.url] })
  try {
    await ensureStream(bus, { name: 'FACTS', subjects: ['facts.eu.>'] })
    await publishFacts(bus, batch)
    const rates = { floor: [] as number[], fold: [] as number[], journal: [] as number[] }
    const resumes: number[] = []
    for (let turn = 0; turn <= TURNS; turn++) {
      const file = join(folder, `region-${turn}.db`)
      const measured = {
        floor: await consume(bus),
        fold: await fold(bus),
        journal: await journal(bus, file),
      }
      const resumed = resume(file)
      if (turn === 0) continue
      for (const way of ['floor', 'fold', 'journal'] as const) rates[way].push(measured[way])
      resumes.push(resumed)
    }
    const beside = (figure: string, values: readonly number[]): Figure => ({
      bench: 'ledger',
      figure,
      value: median(values),
      unit: 'facts/s',
      floor: median(rates.floor),
      ratio: ratioOf(values, rates.floor),
    })
    return [
      beside(`facts folded, from JetStream, ${batch} a message`, rates.fold),
      beside(`facts folded and journaled (fsync), ${batch} a message`, rates.journal),
      {
        bench: 'ledger',
        figure: `resume after a kill, ${FACTS} facts, ${batch} a message`,
        value: median(resumes),
        unit: 'ms',
      },
    ]
  } finally {
    await bus.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function consume(bus: Bus): Promise<number> {
  let parsed = 0
  const rate = await factsPerSecond(bus, (messages) => {
    for (const { data } of messages) parsed += (JSON.parse(decoder.decode(data)) as unknown[]).length
  })
  if (parsed !== FACTS) throw new Error('not every fact was read')
  return rate
}

async function fold(bus: Bus): Promise<number> {
  const ledger = new Ledger()
  const rate = await factsPerSecond(bus, (messages) => {
    const effects = newEffects()
    const now = clock.now()
    for (const { data } of messages)
      for (const fact of JSON.parse(decoder.decode(data)) as Fact[]) ledger.apply(fact, effects, now)
  })
  if (ledger.sequence !== FACTS) throw new Error('not every fact was folded')
  return rate
}

async function journal(bus: Bus, file: string): Promise<number> {
  const database = openDatabase(file)
  const writer = new LedgerWriter(database, clock)
  let syncing = Promise.resolve()
  // As the hub does: while the disk takes one batch in, the next is folded.
  const rate = await factsPerSecond(bus, async (messages, isLast) => {
    writer.commit(
      'FACTS',
      'bench',
      messages.map(({ seq, data }) => ({ sequence: seq, body: data })),
    )
    const before = syncing
    syncing = writer.synced()
    await (isLast ? syncing : before)
  })
  if (writer.ledger.sequence !== FACTS) throw new Error('not every fact was journaled')
  database.close()
  return rate
}

/** How long until a ledger that was killed answers again. */
function resume(file: string): number {
  const startedAt = performance.now()
  const database = openDatabase(file)
  const { ledger } = new LedgerWriter(database, clock)
  const tookMs = performance.now() - startedAt
  if (ledger.sequence !== FACTS) throw new Error('the ledger did not resume where it was')
  database.close()
  return tookMs
}

async function publishFacts(bus: Bus, batch: number): Promise<void> {
  const waiting: Promise<unknown>[] = []
  for (let at = 0; at < FACTS; at += batch) {
    const facts = Array.from({ length: batch }, (_, i) => factOf(at + i))
    waiting.push(bus.js.publish(factsSubject('eu', 'wms-ber1'), JSON.stringify(facts)))
    if (waiting.length === 32) await Promise.all(waiting.splice(0))
  }
  await Promise.all(waiting)
}

function factOf(n: number): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: `e${n}`,
    source: 'wms-ber1',
    type: n % 3 === 0 ? 'plimsoll.stock.received' : 'plimsoll.stock.shipped',
    time: '2026-11-23T16:00:00.000Z',
    subject: `SKU-${(n * 7919) % SKUS}`,
    sequence: n,
    businesskey: `movement/${n}`,
    correlationid: `c${n}`,
    data: { node: n % 5 === 0 ? 'muc1' : 'ber1', quantity: 3 },
  }
}

/** Reads the whole stream once. */
async function factsPerSecond(
  bus: Bus,
  onBatch: (messages: readonly JsMsg[], isLast: boolean) => void | Promise<void>,
): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const last = (await streamState(bus, 'FACTS'))!.lastSequence
  const startedAt = performance.now()
  const reader = readStream(bus, {
    stream: 'FACTS',
    fromSequence: 1,
    onBatch: async (messages) => {
      const isLast = messages[messages.length - 1]!.seq === last
      await onBatch(messages, isLast)
      if (isLast) resolve()
    },
  })
  await promise
  const seconds = (performance.now() - startedAt) / 1000
  await reader.stop()
  return FACTS / seconds
}
