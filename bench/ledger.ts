import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { factsSubject } from '../shared/contract/subjects.ts'
import { type Bus, connectBus, ensureStream, type JsMsg, readStream } from '../shared/node/nats.ts'
import { LedgerWriter } from '../regions/ledger/ledger-writer.ts'
import { openDatabase } from '../regions/store/database.ts'
import { startLeaf } from '../tests/support/nats-servers.ts'
import type { Figure } from './figure.ts'

const FACTS = 300_000
const BATCH = 100
const SKUS = 50_000

/** Facts a second from JetStream onto the disk, beside consuming and parsing the same messages and nothing else. */
export async function run(): Promise<Figure[]> {
  const server = await startLeaf({ region: 'eu' })
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  const bus = await connectBus('bench', { servers: [server.url] })
  try {
    await ensureStream(bus, { name: 'FACTS', subjects: ['facts.eu.>'] })
    await publishFacts(bus)
    const decoder = new TextDecoder()
    let parsed = 0
    const floor = await factsPerSecond(bus, (messages) => {
      for (const { data } of messages) parsed += (JSON.parse(decoder.decode(data)) as unknown[]).length
    })
    const database = openDatabase(join(folder, 'region.db'))
    const writer = new LedgerWriter(database, { now: () => Date.now() })
    const value = await factsPerSecond(bus, (messages) => {
      writer.commit(
        'FACTS',
        'bench',
        messages.map(({ seq, data }) => ({ sequence: seq, body: data })),
      )
    })
    if (writer.ledger.sequence !== FACTS || parsed !== FACTS) throw new Error('not every fact was folded')
    database.close()
    const startedAt = performance.now()
    const again = openDatabase(join(folder, 'region.db'))
    const resumed = new LedgerWriter(again, { now: () => Date.now() })
    const recoveryMs = performance.now() - startedAt
    if (resumed.ledger.sequence !== FACTS) throw new Error('the ledger did not resume where it was')
    again.close()
    const bench = 'ledger'
    return [
      {
        bench,
        figure: 'facts folded and journaled (fsync), from JetStream',
        value,
        unit: 'facts/s',
        floor,
        ratio: value / floor,
      },
      { bench, figure: `resume after a kill, ${FACTS} facts`, value: recoveryMs, unit: 'ms' },
    ]
  } finally {
    await bus.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function publishFacts(bus: Bus): Promise<void> {
  const waiting: Promise<unknown>[] = []
  for (let at = 0; at < FACTS; at += BATCH) {
    const facts = Array.from({ length: BATCH }, (_, i) => factOf(at + i))
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
async function factsPerSecond(bus: Bus, onBatch: (messages: readonly JsMsg[]) => void): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const startedAt = performance.now()
  const reader = readStream(bus, {
    stream: 'FACTS',
    fromSequence: 1,
    onBatch: (messages) => {
      onBatch(messages)
      if (messages[messages.length - 1]!.seq === FACTS / BATCH) resolve()
    },
  })
  await promise
  const seconds = (performance.now() - startedAt) / 1000
  await reader.stop()
  return FACTS / seconds
}
