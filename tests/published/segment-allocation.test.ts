import { describe, expect, test } from 'vitest'
import { ToldRegion } from './told.ts'

/**
 * IBM, Sterling Intelligent Promising documentation, "Scenario: Utilizing unsegmented inventory for segments": tables 1 to 3. STORE_1
 * has 10 for each of three segments of WEB and 20 that are of none; STORE and ONLINE may also use those, MARKETPLACE may not.
 */
describe('inventory by segment, and inventory of none', () => {
  function given(): ToldRegion {
    const region = new ToldRegion('2025-01-01T08:00:00Z', ['STORE_1'])
    region.item('ITEM1')
    region.receive('ITEM1', 'STORE_1', 50)
    region.policy('allocation', 'sku:ITEM1', {
      rules: [
        { class: 'WEB/STORE', ringFence: { quantity: 10 } },
        { class: 'WEB/ONLINE', ringFence: { quantity: 10 } },
        { class: 'WEB/MARKETPLACE', ringFence: { quantity: 10 }, cap: 10 },
      ],
    })
    return region
  }
  const figures = (region: ToldRegion) => ({
    store: region.available('ITEM1', { channel: 'WEB', segment: 'STORE' }),
    online: region.available('ITEM1', { channel: 'WEB', segment: 'ONLINE' }),
    marketplace: region.available('ITEM1', { channel: 'WEB', segment: 'MARKETPLACE' }),
    unsegmented: region.available('ITEM1', { channel: 'counter' }),
  })

  test('is offered as published', () => {
    expect(figures(given())).toEqual({ store: 30, online: 30, marketplace: 10, unsegmented: 20 })
  })

  test('a segment sells its own first, then what is of none; no other segment loses its own', () => {
    const region = given()
    region.order('WEB:1', 'ITEM1', 15, { segment: 'STORE' })
    expect(figures(region)).toEqual({ store: 15, online: 25, marketplace: 10, unsegmented: 15 })
  })
})

/**
 * Microsoft, Dynamics 365 Supply Chain Management, "Inventory Visibility inventory allocation" (article of 2022-05-20), section Consume:
 * of 8 bikes allocated to a group 3 are sold, which leaves 5 to it; and "Inventory protection": other demands do not touch what
 * is allocated. That there are 20 bikes is ours.
 */
describe('an allocation to a group', () => {
  test('is consumed by its sales, and by nobody else’s', () => {
    const region = new ToldRegion('2022-05-20T08:00:00Z', ['site1'])
    region.item('Bike')
    region.receive('Bike', 'site1', 20)
    region.policy('allocation', 'sku:Bike', {
      rules: [{ class: 'Online/VIP', ringFence: { quantity: 8 }, cap: 8 }],
    })
    const vip = (): number => region.available('Bike', { channel: 'Online', segment: 'VIP' })
    const others = (): number => region.available('Bike', { channel: 'Store' })
    expect([vip(), others()]).toEqual([8, 12])
    region.order('Online:1', 'Bike', 3, { segment: 'VIP' })
    expect([vip(), others()]).toEqual([5, 12])
    region.order('Store:1', 'Bike', 12)
    expect([vip(), others()]).toEqual([5, 0])
  })
})
