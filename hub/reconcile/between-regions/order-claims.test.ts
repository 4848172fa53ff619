import { describe, expect, test } from 'vitest'
import { findOrder } from './order-claims.ts'

let told = 0
const claim = (region: string, via: string, isOpen = true) => ({
  orderRef: 'web:1',
  region,
  via,
  isOpen,
  since: `2026-11-23T12:00:0${told++ % 10}.000Z`,
})

describe('an order', () => {
  test('that was reserved, ordered and confirmed in one region is held once', () => {
    expect(findOrder([claim('eu', 'reservation/r1'), claim('eu', 'shop')])).toEqual([])
  })

  test('that two regions hold stock for is a duplicate where it came last', () => {
    const found = findOrder([claim('us', 'shop'), claim('eu', 'reservation/r1'), claim('eu', 'shop')])
    expect(found).toMatchObject([
      {
        key: 'order/web:1',
        region: 'eu',
        kind: 'order',
        class: 'duplicate',
        difference: 1,
        settlesAfterMs: 0,
      },
    ])
    expect(found[0]!.evidence).toMatchObject({ regions: [{ region: 'us' }, { region: 'eu' }] })
  })

  test('that one of them has let go of is none', () => {
    expect(findOrder([claim('eu', 'shop'), claim('us', 'reservation/r2', false)])).toEqual([])
    expect(findOrder([claim('eu', 'shop'), claim('us', 'shop'), claim('us', 'cancelled', false)])).toEqual([])
  })

  test('that two systems told one region of counts once there, and is told', () => {
    expect(findOrder([claim('eu', 'edi-acme'), claim('eu', 'erp-eu')])).toMatchObject([
      {
        key: 'order/web:1/eu',
        evidence: { tellers: ['edi-acme', 'erp-eu'], countsOnce: true },
        difference: 1,
      },
    ])
  })
})
