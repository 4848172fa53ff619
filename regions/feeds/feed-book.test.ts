import { describe, expect, test } from 'vitest'
import { FeedBook } from './feed-book.ts'
import { outgoing } from './given.ts'

const figure = (version: number, seconds: number, epoch = 1) =>
  outgoing('X', version, {
    figure: {
      version,
      epoch,
      asOf: `2026-11-29T10:00:0${seconds}.000Z`,
      since: `2026-11-29T10:00:0${seconds}.000Z`,
    },
  }).figure
const at = (seconds: number): number => Date.parse(`2026-11-29T10:00:0${seconds}.000Z`)

describe('what is on its way to a channel', () => {
  test('waits once a sku, since it was first owed a newer figure', () => {
    const book = new FeedBook()
    book.noteTold(figure(1, 1), 11)
    book.noteTold(figure(2, 2), 12)
    expect([book.waiting, book.oldestMs(at(5)), book.sequenceOf('X')]).toEqual([1, 4_000, 12])
    expect(book.told('X')).toMatchObject({ availableToSell: 2 })
  })

  test('waits on when an older one arrives, since the newer was made', () => {
    const book = new FeedBook()
    book.noteTold(figure(1, 1), 11)
    book.noteTold(figure(2, 2), 12)
    book.noteDone(figure(1, 1), 11)
    expect([book.waiting, book.oldestMs(at(5))]).toEqual([1, 3_000])
    book.noteDone(figure(2, 2), 12)
    expect([book.waiting, book.oldestMs(at(5))]).toEqual([0, 0])
  })

  test('is out of date when the channel has a newer one, by whichever writer', () => {
    const book = new FeedBook()
    book.noteDone(figure(5, 1, 2), 11)
    const isOutdated = (version: number, epoch: number): boolean =>
      book.isOutdated(figure(version, 1, epoch), 12)
    expect([isOutdated(4, 2), isOutdated(9, 1), isOutdated(5, 2), isOutdated(1, 3)]).toEqual([
      true,
      true,
      false,
      false,
    ])
    // It was given this very one before its turn came.
    expect(book.isOutdated(figure(5, 1, 2), 11)).toBe(true)
  })

  test('and was done with before a start does not wait', () => {
    const book = new FeedBook()
    book.noteTold(figure(1, 1), 11, false)
    expect(book.waiting).toBe(0)
    book.noteTold(figure(2, 2), 12)
    book.noteDoneUpTo(11)
    expect(book.waiting).toBe(1)
    book.noteDoneUpTo(12)
    expect(book.waiting).toBe(0)
  })
})
