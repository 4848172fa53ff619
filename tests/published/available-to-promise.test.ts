import { expect, test } from 'vitest'
import { byDay, ToldRegion } from './told.ts'

/**
 * Microsoft, Dynamics 365 Supply Chain Management, "Inventory Visibility on-hand change schedules and available to promise"
 * (article of 2022-03-04), section Example: its tables' last column, a schedule period of 7 days. A scheduled supply is an expected
 * receipt, a scheduled demand an order that is due. (Its text calls the 3 units of February 6 a demand; its tables count them as
 * supply, and so do we.)
 */
test('on-hand change schedules and available to promise', () => {
  const region = new ToldRegion('2022-02-01T08:00:00Z', ['site1'])
  const on = (day: number): string => `2022-02-0${day}T00:00:00Z`
  const atp = (day: number): number[] =>
    byDay(region.answer('Bike', {}, Date.parse(`2022-02-0${day}T08:00:00Z`)), on(day), 7)
  const supply = (ref: string, quantity: number, day: number): void =>
    region.tell('receipt.expected', { ref, node: 'site1', quantity, expectedAt: on(day) }, 'Bike')
  region.item('Bike')
  region.policy('atp', '*', { horizonDays: 7, receiptConfidencePercent: 100 })
  region.receive('Bike', 'site1', 20)
  expect(atp(1)).toEqual([20, 20, 20, 20, 20, 20, 20])

  region.order('shop:1', 'Bike', 3, { dueAt: on(1) })
  expect(atp(1)).toEqual([17, 17, 17, 17, 17, 17, 17])

  supply('PO-1', 10, 3)
  expect(atp(1)).toEqual([17, 17, 27, 27, 27, 27, 27])

  region.order('shop:2', 'Bike', 15, { dueAt: on(4) })
  supply('PO-2', 1, 5)
  supply('PO-3', 3, 6)
  expect(atp(1)).toEqual([12, 12, 12, 12, 13, 16, 16])

  // The 3 units that were due are shipped: the on-hand changes, the promises do not.
  region.tell('stock.shipped', { node: 'site1', quantity: 3, orderRef: 'shop:1', line: '1' }, 'Bike')
  expect(atp(1)).toEqual([12, 12, 12, 12, 13, 16, 16])

  // A day later the period has moved on by one day.
  expect(atp(2)).toEqual([12, 12, 12, 13, 16, 16, 16])

  // The 10 units of February 3 have not arrived on February 4: they drop out.
  expect(atp(4)).toEqual([2, 3, 6, 6, 6, 6, 6])
})
