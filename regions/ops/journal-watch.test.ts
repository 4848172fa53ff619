import pino from 'pino'
import { expect, test, vi } from 'vitest'
import { ExceptionBook } from '../inbox/exception-book.ts'
import { fact } from '../ledger/core/given.ts'
import { LedgerWriter } from '../ledger/ledger-writer.ts'
import { openDatabase } from '../store/database.ts'
import { JournalWatch } from './journal-watch.ts'

function given(entries: number) {
  const database = openDatabase(':memory:')
  const clock = { now: () => Date.now() }
  const writer = new LedgerWriter(database, clock)
  for (let n = 1; n <= entries; n++) {
    const received = fact({ type: 'stock.received', sku: 'X', data: { node: 'ber1', quantity: n } })
    writer.commit('FACTS', 'c', [{ sequence: n, body: new TextEncoder().encode(JSON.stringify([received])) }])
  }
  const exceptions = new ExceptionBook(database)
  const watch = new JournalWatch({
    journal: writer.journal,
    exceptions,
    clock,
    log: pino({ level: 'silent' }),
  })
  return { database, exceptions, watch }
}

test('the whole journal is looked through while the hub works, and again every day', () => {
  vi.useFakeTimers()
  const { watch } = given(20)
  expect(watch.check).toMatchObject({ state: 'looking', checkedTo: 0, lastEntry: 20 })
  watch.start()
  vi.advanceTimersByTime(1_000)
  expect(watch.check).toMatchObject({ state: 'intact', checkedTo: 20, altered: null })
  const { finishedAt } = watch.check
  vi.advanceTimersByTime(86_400_000 + 2_000)
  expect(watch.check.finishedAt).toBeGreaterThan(finishedAt!)
  watch.stop()
  vi.useRealTimers()
})

test.each([
  [
    'a byte of a body',
    "UPDATE journal SET body = CAST(replace(body, 'ber1', 'ber2') AS BLOB) WHERE entry = 7",
    7,
  ],
  ['a status', "UPDATE journal SET statuses = x'02' WHERE entry = 7", 7],
  ['a hash', 'UPDATE journal SET hash = zeroblob(32) WHERE entry = 7', 7],
  ['an entry that is gone', 'DELETE FROM journal WHERE entry = 7', 8],
])('%s is found, and said as an exception once', (_, change, entry) => {
  vi.useFakeTimers()
  const { database, exceptions, watch } = given(20)
  database.exec(change)
  watch.hurry()
  vi.advanceTimersByTime(1_000)
  expect(watch.check).toMatchObject({ state: 'altered', altered: entry })
  watch.hurry()
  vi.advanceTimersByTime(1_000)
  expect(exceptions.list({ limit: 10 }).page).toMatchObject([{ code: 'journal-altered', attempts: 1 }])
  watch.stop()
  vi.useRealTimers()
})
