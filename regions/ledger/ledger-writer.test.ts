import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Fact } from '../../shared/contract/events.ts'
import { openDatabase } from '../store/database.ts'
import { fact, fold, picture } from './core/given.ts'
import { LedgerWriter } from './ledger-writer.ts'

const bytes = (facts: readonly Fact[]): Uint8Array => new TextEncoder().encode(JSON.stringify(facts))

let folder = ''
let now = 0
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'plimsoll-ledger-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Opens the database, works, and leaves it as a kill would: nothing is checkpointed on the way out. */
function withWriter<T>(work: (writer: LedgerWriter) => T, options: { deltasMax?: number } = {}): T {
  const database = openDatabase(join(folder, 'region.db'))
  try {
    return work(new LedgerWriter(database, { now: () => now }, options))
  } finally {
    database.close()
  }
}

const story: readonly Fact[] = [
  fact({
    type: 'item.upserted',
    source: 'plimsoll-hub',
    sku: 'X',
    data: { baseUom: 'EA', decimals: 0, tier: 'A' },
  }),
  fact({
    type: 'stock.received',
    sku: 'X',
    at: 1000,
    sequence: 1,
    data: { node: 'ber1', lot: 'L1', quantity: 10 },
  }),
  fact({
    type: 'stock.received',
    sku: 'X',
    at: 1500,
    sequence: 2,
    data: { node: 'ber1', quantity: 7, ref: 'T9' },
  }),
  fact({
    type: 'stock.moved',
    sku: 'X',
    at: 2000,
    data: { node: 'ber1', quantity: 2, from: 'sellable', to: 'damaged' },
  }),
  fact({
    type: 'order.accepted',
    source: 'web',
    at: 2500,
    data: {
      orderRef: 'web:1',
      channel: 'web',
      segment: 'gold',
      lines: [{ line: '1', sku: 'X', quantity: 3, node: 'ber1', dueAt: '2026-12-01T00:00:00Z' }],
    },
  }),
  fact({
    type: 'stock.picked',
    sku: 'X',
    at: 3000,
    data: { node: 'ber1', quantity: 2, orderRef: 'web:1', line: '1' },
  }),
  fact({ type: 'order.cancelled', source: 'web', at: 3100, data: { orderRef: 'web:2' } }),
  fact({
    type: 'stock.counted',
    sku: 'X',
    at: 3500,
    sequence: 3,
    data: { node: 'ber1', states: { onHand: 6, damaged: 1 }, asOf: '1970-01-01T00:00:02.600Z' },
  }),
  fact({
    type: 'transfer.shipped',
    sku: 'X',
    at: 3600,
    sequence: 4,
    data: { transfer: 'T9', from: 'ber1', to: 'muc1', quantity: 4 },
  }),
  fact({
    type: 'receipt.expected',
    source: 'erp',
    sku: 'X',
    at: 3700,
    data: { ref: 'P1', node: 'ber1', quantity: 50, expectedAt: '2026-12-02T00:00:00Z' },
  }),
  fact({
    type: 'stock.shipped',
    sku: 'X',
    at: 4000,
    sequence: 5,
    data: { node: 'ber1', quantity: 2, orderRef: 'web:1', line: '1' },
  }),
  fact({
    type: 'order.accepted',
    source: 'web',
    at: 2600,
    data: { orderRef: 'web:2', channel: 'web', lines: [{ line: '1', sku: 'X', quantity: 9 }] },
  }),
  // A count that speaks of a time before most of the above: it needs the history.
  fact({
    type: 'stock.counted',
    sku: 'X',
    at: 4100,
    sequence: 6,
    data: { node: 'ber1', states: { onHand: 20 }, asOf: '1970-01-01T00:00:03.550Z' },
  }),
]

describe('a ledger that stops at any moment', () => {
  test('resumes with every fact in effect exactly once, wherever the batches and stops fell', () => {
    const cuts = fc.array(
      fc.record({
        facts: fc.integer({ min: 1, max: 5 }),
        stops: fc.boolean(),
        quietMs: fc.constantFrom(0, 1, 5000),
      }),
      { minLength: 1, maxLength: 12 },
    )
    fc.assert(
      fc.property(cuts, (plan) => {
        rmSync(join(folder), { recursive: true, force: true })
        folder = mkdtempSync(join(tmpdir(), 'plimsoll-ledger-'))
        let at = 0
        let step = 0
        while (at < story.length) {
          withWriter((writer) => {
            do {
              const { facts, quietMs } = plan[step % plan.length]!
              now += quietMs
              // Everything since the start is delivered again now and then, as a stream that came back does.
              const from = step % 3 === 2 ? 0 : at
              writer.commit('FACTS', 'born', [
                { sequence: ++step, body: bytes(story.slice(from, at + facts)) },
              ])
              at += facts
            } while (at < story.length && !plan[step % plan.length]!.stops)
          })
        }
        const resumed = withWriter((writer) => ({
          sequence: writer.ledger.sequence,
          picture: picture(writer.ledger),
          cursor: writer.journal.cursor('FACTS'),
        }))
        expect(resumed).toEqual({
          sequence: story.length,
          picture: picture(fold(story).ledger),
          cursor: { created: 'born', sequence: step },
        })
      }),
      { numRuns: 60 },
    )
  })

  test.each([
    [
      'a changed byte of an old entry',
      `UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '"quantity":10', '"quantity":99') AS BLOB) WHERE entry = 2`,
    ],
    ['an entry taken out', 'DELETE FROM journal WHERE entry = 2'],
    ['a status turned round', `UPDATE journal SET statuses = x'01' WHERE entry = 3`],
  ])('finds %s, and does not go on from it', (_name, tamper) => {
    withWriter((writer) =>
      story
        .slice(0, 5)
        .forEach((it, i) => writer.commit('FACTS', 'born', [{ sequence: i + 1, body: bytes([it]) }])),
    )
    const database = openDatabase(join(folder, 'region.db'))
    expect(database.prepare(tamper).run().changes).toBe(1)
    database.close()
    expect(() => withWriter(() => {})).toThrow(/journal entry \d/)
  })

  test('knows again how far each source has spoken', () => {
    withWriter((writer) => writer.commit('FACTS', 'born', [{ sequence: 1, body: bytes(story) }]))
    expect(withWriter((writer) => writer.ledger.books.silence.words.get('wms'))).toMatchObject({
      highestSequence: 6,
      facts: 8,
    })
  })
})

test('a count that comes late after a restart finds every delta that the ring held', () => {
  const options = { deltasMax: 20 }
  for (let n = 1; n <= options.deltasMax; n++) {
    const one = fact({ type: 'stock.received', sku: 'X', at: n * 1000, data: { node: 'ber1', quantity: 1 } })
    withWriter((writer) => writer.commit('FACTS', 'born', [{ sequence: n, body: bytes([one]) }]), options)
  }
  const data = { node: 'ber1', states: { onHand: 100 }, asOf: '1970-01-01T00:00:00.500Z' }
  const count = fact({ type: 'stock.counted', sku: 'X', at: 500, data })
  const onHand = withWriter((writer) => {
    writer.commit('FACTS', 'born', [{ sequence: 21, body: bytes([count]) }])
    const { positions, skus, nodes } = writer.ledger.books
    return positions.value(positions.find(skus.find('X'), nodes.find('ber1'), -1), 'onHand')
  }, options)
  expect(onHand).toBe(100 + options.deltasMax)
})

test('an order that was let go is gone after a restart too, and known to be finished', () => {
  const DAY = 86_400_000
  const data = { orderRef: 'web:7', channel: 'web', lines: [{ line: '1', sku: 'X', quantity: 3 }] }
  const work = { node: 'ber1', quantity: 3, orderRef: 'web:7', line: '1' }
  const facts = [
    fact({ type: 'order.accepted', data }),
    fact({
      type: 'fulfilment.advanced',
      data: { orderRef: 'web:7', node: 'ber1', step: 'settled', system: 'erp' },
    }),
    fact({ type: 'stock.shipped', sku: 'X', data: work }),
  ]
  withWriter((writer) => {
    writer.commit('FACTS', 'born', [{ sequence: 1, body: bytes(facts) }])
    writer.checkpoint()
  })
  now += 20 * DAY
  withWriter((writer) => {
    expect(writer.letGo(now - 10 * DAY, () => false)).toBe(1)
    writer.checkpoint()
  })
  const { demand, flows } = withWriter((writer) => writer.ledger.books)
  expect([demand.size, demand.finished.has('web:7'), flows.find('web:7')]).toEqual([0, true, undefined])
  const database = openDatabase(join(folder, 'region.db'))
  for (const table of ['demand_line', 'flow', 'reservation', 'cancelled_order'])
    expect(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()).toMatchObject({ n: 0 })
  database.close()
})

test('what a source calls a line of an order is known after a restart, from the books and from the journal', () => {
  const line = { line: '466', sku: 'X', quantity: 3 }
  const order = { orderRef: 'web:8', channel: 'web' }
  const facts = [
    fact({ type: 'order.accepted', source: 'shop', data: { ...order, lines: [line] } }),
    fact({
      type: 'order.accepted',
      source: 'edi',
      data: { ...order, lines: [{ ...line, statedLine: '1' }] },
    }),
  ]
  const aliases = (writer: LedgerWriter): unknown =>
    writer.ledger.books.demand.linesOf('web:8').map((it) => [...it.aliases].sort())
  const known = withWriter((writer) => {
    writer.commit('FACTS', 'born', [{ sequence: 1, body: bytes(facts) }])
    return aliases(writer)
  })
  expect(known).toEqual([['edi\n1', 'shop\n466']])
  withWriter((writer) => {
    expect(aliases(writer), 'from the journal').toEqual(known)
    writer.checkpoint()
  })
  expect(withWriter(aliases), 'from the books').toEqual(known)
})
