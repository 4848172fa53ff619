import { expect, test } from 'vitest'
import { findJournal } from './find-journal.ts'

const digest = (count: number, sum = '00000000000000aa') => ({ from: 0, sequence: 9, count, sum })
const find = (told: number, ours: number, sum?: string) =>
  findJournal('journal/eu/FACTS', 'eu', 'FACTS', { told: digest(told), ours: digest(ours, sum) })

test('facts that the centre has not are missing, those that only it has are too many, and others are others', () => {
  expect(find(5, 5)).toEqual([])
  expect(find(5, 4)).toMatchObject([{ kind: 'journal', class: 'missing-event', difference: -1 }])
  expect(find(5, 6)).toMatchObject([{ class: 'duplicate', difference: 1 }])
  expect(find(5, 5, '00000000000000ab')).toMatchObject([{ class: 'unknown', difference: 0 }])
})
