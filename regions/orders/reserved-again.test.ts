import { expect, test } from 'vitest'
import { ReservedAgain } from './reserved-again.ts'

test('who was reserved again is told for ten minutes, the latest first, and how often', () => {
  const again = new ReservedAgain()
  again.note('web:1', 'r1', 1_000)
  again.note('web:2', 'r2', 2_000)
  again.note('web:1', 'r1', 3_000)
  expect(again.report(4_000)).toMatchObject([
    { orderRef: 'web:1', reservation: 'r1', times: 2 },
    { orderRef: 'web:2', times: 1 },
  ])
  expect(again.report(602_500).map(({ orderRef }) => orderRef)).toEqual(['web:1'])
  expect(again.report(603_000)).toEqual([])
})

test('of a flood the latest twenty are told', () => {
  const again = new ReservedAgain()
  for (let i = 0; i < 3_000; i++) again.note(`web:${i}`, 'r', i)
  expect(again.report(3_000)).toHaveLength(20)
  expect(again.report(3_000)[0]).toMatchObject({ orderRef: 'web:2999' })
})
