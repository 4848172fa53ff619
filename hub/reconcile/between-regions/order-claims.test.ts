import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fact } from '../../../shared/contract/events.ts'
import { type OpenDatabase, openDatabase } from '../../store/database.ts'
import { variance } from '../../store/variance-tables.ts'
import { findOrder, takeClaims } from './order-claims.ts'

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

describe('an order of a shop in two regions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-claims-'))
  let opened: OpenDatabase
  beforeAll(async () => {
    opened = await openDatabase({ dataDir: folder })
  }, 60_000)
  afterAll(async () => {
    await opened.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('is none of two any more when one calls it off, and is again when it is opened again', async () => {
    const said = async (region: string, type: 'accepted' | 'changed', minute: number, quantity = 2) => {
      const lines = [{ line: '1', sku: 'X', quantity }]
      const time = `2026-11-23T12:0${minute}:00.000Z`
      const data = { orderRef: 'web:9', channel: 'web', lines, isWhole: true }
      const fact = { type: `plimsoll.order.${type}`, source: 'shop', time, data } as unknown as Fact
      await takeClaims(opened.db, region, [fact], time)
      const rows = await opened.db.select().from(variance)
      return rows.filter(({ closedAt }) => closedAt === null).map(({ key, region: at }) => [key, at])
    }
    expect(await said('eu', 'accepted', 1)).toEqual([])
    const twice = [['order/web:9', 'us']]
    expect(await said('us', 'accepted', 2)).toEqual(twice)
    expect(await said('us', 'changed', 3, 0)).toEqual([])
    // An older word that comes late opens nothing.
    expect(await said('us', 'accepted', 2)).toEqual([])
    expect(await said('us', 'accepted', 4)).toEqual(twice)
    expect(await said('eu', 'changed', 5, 0)).toEqual([])
  })
})
