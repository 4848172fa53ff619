import { describe, expect, test } from 'vitest'
import { ToldRegion } from './told.ts'

/**
 * Adobe, Magento Open Source 2.3 developer documentation, Inventory, "Reservations": sections "Reservation calculations" (sources
 * Baltimore 20, Austin 25, Reno 10; reservations of 10 and 5) and "Reservation lifecycle" (25 ordered, 5 of them cancelled, 20
 * shipped). A stock is a region, a source a node.
 */
describe('salable quantity', () => {
  function given(): ToldRegion {
    const region = new ToldRegion('2022-02-01T08:00:00Z', ['baltimore', 'austin', 'reno'])
    region.item('SKU-1')
    region.receive('SKU-1', 'baltimore', 20)
    region.receive('SKU-1', 'austin', 25)
    region.receive('SKU-1', 'reno', 10)
    return region
  }

  test('is what all sources have, less what is reserved', () => {
    const region = given()
    expect(region.available('SKU-1')).toBe(55)
    region.order('web:a', 'SKU-1', 10)
    region.order('web:b', 'SKU-1', 5)
    expect(region.available('SKU-1')).toBe(40)
  })

  test('a reservation resolves to nothing when its order is cancelled in part and shipped for the rest', () => {
    const region = given()
    region.order('web:1', 'SKU-1', 25)
    expect(region.available('SKU-1')).toBe(55 - 25)
    region.tell('order.cancelled', { orderRef: 'web:1', lines: [{ line: '1', sku: 'SKU-1', quantity: 5 }] })
    expect(region.available('SKU-1')).toBe(55 - 25 + 5)
    region.tell('stock.shipped', { node: 'austin', quantity: 20, orderRef: 'web:1', line: '1' }, 'SKU-1')
    // 20 fewer lie there, and 20 fewer are reserved.
    expect(region.available('SKU-1')).toBe(35)
  })

  /**
   * Magento's GetProductSalableQty: the physical quantity, and the reservations, less the out-of-stock threshold (min_qty) of the
   * stock item. The threshold of 8 is ours; a threshold of the whole stock is a safety stock at one of its nodes.
   */
  test('is less the out-of-stock threshold', () => {
    const region = given()
    region.policy('safetyStock', 'sku:SKU-1,node:austin', { quantity: 8 })
    region.order('web:a', 'SKU-1', 10)
    region.order('web:b', 'SKU-1', 5)
    expect(region.available('SKU-1')).toBe(55 - 15 - 8)
  })
})
