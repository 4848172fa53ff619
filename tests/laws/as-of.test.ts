import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Moment } from '../../shared/contract/as-of.ts'
import type { Region, Sku } from '../../shared/domain/ids.ts'
import { type AsOfQuestion, answerAt } from '../../regions/as-of/answer-at.ts'
import { RebuiltLedger } from '../../regions/as-of/rebuilt-ledger.ts'
import { answerOf } from '../../regions/api/availability-answer.ts'
import { viewAt } from '../../regions/api/availability-view.ts'
import { positionsOf } from '../../regions/api/positions-answer.ts'
import { newEffects } from '../../regions/ledger/core/effects.ts'
import { LedgerWriter } from '../../regions/ledger/ledger-writer.ts'
import { openDatabase } from '../../regions/store/database.ts'
import { ASKS } from './picture.ts'
import { anyTape, NOW, SKUS } from './tapes.ts'

const REGION = 'eu' as Region
const MINUTE = 60_000
const questions: readonly AsOfQuestion[] = [
  ...ASKS.map(
    (ask) => ({ kind: 'availability', skus: SKUS, ask, wish: { explain: true } }) as unknown as AsOfQuestion,
  ),
  ...SKUS.map((sku) => ({ kind: 'positions', sku: sku as Sku, withObservations: true }) as const),
]

/** What the region answers at this moment. */
function told({ ledger }: LedgerWriter, now: number): unknown[] {
  ledger.time.pass(now, newEffects())
  const view = viewAt(REGION, ledger.books, ledger.sequence, now)
  return questions.map((question) => {
    if (question.kind === 'positions') {
      const isKnown = ledger.books.master.item(question.sku) !== undefined
      return { code: 'done', results: [isKnown ? positionsOf(ledger.books, question.sku, now, true) : null] }
    }
    const { skus, ask, wish } = question
    if (ask.node !== undefined && !ledger.books.master.node(ask.node)) return { code: 'unknown-node' }
    return { code: 'done', results: skus.map((sku) => answerOf(view, sku, ask, wish)) }
  })
}

test('what was answered at any moment is answered for that moment ever after, by its time and by its version', () => {
  fc.assert(
    fc.property(
      anyTape,
      fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
      fc.array(fc.nat(), { maxLength: 6 }),
      (tape, sizes, order) => {
        const database = openDatabase(':memory:')
        const clock = { at: NOW, now: () => clock.at }
        const writer = new LedgerWriter(database, clock)
        const then: { moment: Moment; answers: unknown[] }[] = []
        for (let from = 0, sequence = 1; from < tape.length; sequence++) {
          const size = sizes.next().value
          const body = new TextEncoder().encode(JSON.stringify(tape.slice(from, from + size)))
          from += size
          clock.at += MINUTE
          writer.commit('FACTS', 'c', [{ sequence, body }])
          then.push({ moment: { version: writer.ledger.sequence }, answers: told(writer, clock.at) })
          clock.at += MINUTE
          then.push({ moment: { at: clock.at }, answers: told(writer, clock.at) })
        }
        const rebuilt = new RebuiltLedger(database)
        const asked = [...then, ...order.map((n) => then[n % then.length]!)]
        for (const { moment, answers } of asked) {
          const again = questions.map((question) => answerAt(rebuilt, REGION, { moment, question }, clock.at))
          // The answer of a version is of the moment at which it was reached.
          expect(again).toEqual(answers)
        }
        database.close()
      },
    ),
    { numRuns: 60 },
  )
})

test('messages that the journal packs are folded again like any other', () => {
  const database = openDatabase(':memory:')
  const writer = new LedgerWriter(database, { now: () => NOW })
  const received = Array.from({ length: 200 }, (_, n) => ({
    specversion: '1.0',
    id: `r${n}`,
    source: 'wms',
    type: 'plimsoll.stock.received',
    time: '2026-11-02T08:00:00.000Z',
    subject: 'X',
    data: { node: 'n1', quantity: 2 },
  }))
  const body = new TextEncoder().encode(JSON.stringify(received))
  writer.commit('FACTS', 'c', [{ sequence: 1, body }])
  const kept = database.prepare('SELECT length(body) AS bytes FROM journal').get()?.['bytes'] as number
  expect(kept, 'the message is packed').toBeLessThan(body.length)
  const rebuilt = new RebuiltLedger(database)
  for (const version of [150, 200, 10]) {
    const moment = rebuilt.at({ version }, NOW)
    expect(moment.ok && moment.value.ledger.sequence).toBe(version)
  }
})

test('the future, and what was before the journal, are refused', () => {
  const database = openDatabase(':memory:')
  const rebuilt = new RebuiltLedger(database)
  expect(rebuilt.at({ at: NOW }, NOW)).toMatchObject({
    ok: false,
    error: { code: 'beyond-retention', earliest: null },
  })
  const writer = new LedgerWriter(database, { now: () => NOW })
  const body = new TextEncoder().encode(
    JSON.stringify([
      {
        specversion: '1.0',
        id: 'a',
        source: 'wms',
        type: 'plimsoll.source.heartbeat',
        time: '2026-11-02T08:00:00.000Z',
      },
    ]),
  )
  writer.commit('FACTS', 'c', [{ sequence: 1, body }])
  expect(rebuilt.at({ at: NOW - 1 }, NOW)).toMatchObject({
    ok: false,
    error: { code: 'beyond-retention', earliest: NOW },
  })
  expect(rebuilt.at({ at: NOW + 1 }, NOW)).toMatchObject({ ok: false, error: { code: 'not-yet' } })
  expect(rebuilt.at({ at: NOW }, NOW)).toMatchObject({ ok: true })
  expect(rebuilt.at({ version: 1 }, NOW)).toMatchObject({ ok: true })
})
