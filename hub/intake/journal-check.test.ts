import { expect, test } from 'vitest'
import type { Fact } from '../../shared/contract/events.ts'
import { RunningDigest } from '../../shared/contract/stream-digest.ts'
import { JournalCheck } from './journal-check.ts'

const fact = (id: string, quantity = 1): Fact =>
  ({
    source: 'wms',
    id,
    type: 'plimsoll.stock.received',
    subject: 'X',
    data: { node: 'ber1', quantity },
  }) as unknown as Fact
/** What a region says that has taken these messages, from behind a sequence on. */
function told(from: number, ...ids: string[]) {
  const digest = new RunningDigest(from)
  ids.forEach((id, i) => digest.addFacts(from + i + 1, [fact(id)]))
  return digest.told()
}
function taken(...ids: string[]): JournalCheck {
  const check = new JournalCheck(null)
  ids.forEach((id, i) => check.take(i + 1, [fact(id)]))
  return check
}
const agrees = (compared: ReturnType<JournalCheck['hear']>): boolean | null =>
  compared && compared.told.sum === compared.ours.sum && compared.told.count === compared.ours.count

test('what both have taken agrees, also as of an earlier moment', () => {
  const check = taken('a', 'b', 'c')
  expect(agrees(check.hear(told(0, 'a', 'b', 'c')))).toBe(true)
  expect(agrees(check.hear(told(0, 'a', 'b')))).toBe(true)
})

test('what the region has and we have not yet is compared when it has come', () => {
  const check = taken('a')
  expect(check.hear(told(0, 'a', 'b', 'c'))).toBeNull()
  expect(check.take(2, [fact('b')])).toBeNull()
  expect(agrees(check.take(3, [fact('c')]))).toBe(true)
})

test('another content, and one fact more or less, does not agree', () => {
  expect(agrees(taken('a', 'x').hear(told(0, 'a', 'b')))).toBe(false)
  const check = new JournalCheck(null)
  check.take(1, [fact('a'), fact('a2')])
  expect(agrees(check.hear(told(0, 'a')))).toBe(false)
})

test('a region that began to count later than we did is compared from there on', () => {
  expect(agrees(taken('a', 'b', 'c').hear(told(1, 'b', 'c')))).toBe(true)
  expect(agrees(taken('a', 'x', 'c').hear(told(1, 'b', 'c')))).toBe(false)
})

test('it goes on where it was written down; and where nothing is known of the moment, nothing is concluded', () => {
  const check = new JournalCheck(taken('a', 'b').told())
  check.take(3, [fact('c')])
  expect(agrees(check.hear(told(0, 'a', 'b', 'c')))).toBe(true)
  expect(check.hear(told(0, 'a'))).toBeNull()
})

test('a message that never came is found, and counts once the journal was read again', () => {
  const check = taken('a', 'b')
  check.take(4, [fact('d')])
  const compared = check.hear(told(0, 'a', 'b', 'c', 'd'))
  expect(compared).toMatchObject({ told: { count: 4 }, ours: { count: 3 } })
  check.take(5, [fact('e')])
  check.rebase(compared!.told)
  expect(agrees(check.hear(told(0, 'a', 'b', 'c', 'd', 'e')))).toBe(true)
  expect(check.take(6, [fact('f')])).toBeNull()
  expect(agrees(check.hear(told(0, 'a', 'b', 'c', 'd', 'e', 'f')))).toBe(true)
  expect(agrees(check.hear(told(0, 'a', 'b', 'c', 'd', 'e', 'x')))).toBe(false)
})

test('a stream that begins anew is counted anew', () => {
  const check = taken('a', 'b')
  check.take(1, [fact('z')])
  expect(agrees(check.hear(told(0, 'z')))).toBe(true)
})
