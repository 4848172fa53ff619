import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Fact } from '../../shared/contract/events.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { openCentreApp } from '../../tests/support/centre-app.ts'
import { takeFacts } from '../intake/take-facts.ts'
import { classifyCount } from './classify-count.ts'
import { type Asked, factsBehindCounts } from './facts-behind-count.ts'

const NOON = Date.parse('2026-11-23T12:00:00.000Z')
const MINUTE_MS = 60_000
let centre: Awaited<ReturnType<typeof openCentreApp>>
let told = 0

beforeAll(async () => void (centre = await openCentreApp()), openCentreApp.withinMs)
afterAll(() => centre.stop())

/** Something told of a sku at ber1, so many minutes before noon. */
const fact = (sku: string, type: string, minutes: number, data: object, more: object = {}): Fact =>
  ({
    specversion: '1.0',
    id: `e${++told}`,
    source: 'wms-ber1',
    type: `plimsoll.${type}`,
    time: formatInstant(NOON - minutes * MINUTE_MS),
    subject: sku,
    data: { node: 'ber1', ...data },
    ...more,
  }) as unknown as Fact
const picked = (sku: string, minutes: number, order: string) =>
  fact(sku, 'stock.picked', minutes, { quantity: 2, orderRef: `web:${order}`, line: '1' })
const shipped = (sku: string, minutes: number, order: string) =>
  fact(sku, 'stock.shipped', minutes, { quantity: 2, orderRef: `web:${order}`, line: '1' })
const counted = (sku: string, minutes: number, more: object = {}) =>
  fact(
    sku,
    'stock.counted',
    minutes,
    { states: { onHand: 20 }, asOf: formatInstant(NOON - minutes * MINUTE_MS) },
    more,
  )
/** A busy sku: two thousand facts, none of which explains anything. */
const busy = (sku: string, data: object = {}) =>
  Array.from({ length: 2_000 }, (_, i) =>
    fact(sku, 'stock.received', 30 - i / 100, { quantity: 7 + i, ...data }),
  )

/** Beside one of which nothing is known. */
const behindOf = async (asked: Asked): Promise<Fact[]> =>
  (await factsBehindCounts(centre.db, [{ ...asked, sku: 'NOTHING' }, asked]))[1]!

/** The class of two that are missing at noon. */
async function classOf(sku: string, facts: readonly Fact[]): Promise<string> {
  await takeFacts(centre.db, 'eu', facts)
  const shown = {
    node: 'ber1',
    state: 'onHand',
    lot: undefined,
    difference: -2,
    counted: 18,
    ledger: 20,
    asOf: NOON,
  }
  const behind = await behindOf({ ...shown, region: 'eu', sku })
  return classifyCount(shown, { facts: behind, factors: [], sources: [], opposites: [], unknownCodes: 0 })
    .class
}

test('a pick that never left is found behind two thousand facts and the owner’s count', async () => {
  const facts = [picked('OLD', 500, 'a'), counted('OLD', 60), ...busy('OLD')]
  expect(await classOf('OLD', facts)).toBe('missing-event')
})

test('one that left is not, whenever it left', async () => {
  const facts = [picked('LEFT', 500, 'b'), shipped('LEFT', 490, 'b'), counted('LEFT', 60), ...busy('LEFT')]
  expect(await classOf('LEFT', facts)).toBe('unknown')
  expect(
    await classOf('LATE', [picked('LATE', 500, 'c'), counted('LATE', 60), shipped('LATE', 1, 'c')]),
  ).toBe('unknown')
})

test('what was told twice is found among thousands since the owner’s count, and not before it', async () => {
  const twice = (sku: string) => [40, 41].map((at) => fact(sku, 'stock.received', at, { quantity: 2 }))
  expect(await classOf('TWICE', [counted('TWICE', 60), ...twice('TWICE'), ...busy('TWICE')])).toBe(
    'duplicate',
  )
  const seen = counted('SEEN', 50, { standing: 'observer', source: 'erp-eu' })
  expect(await classOf('SEEN', [counted('SEEN', 60), seen, ...twice('SEEN'), ...busy('SEEN')])).toBe(
    'duplicate',
  )
  expect(await classOf('BEFORE', [...twice('BEFORE'), counted('BEFORE', 35), ...busy('BEFORE')])).toBe(
    'unknown',
  )
})

test('what other nodes tell of the sku is not looked at', async () => {
  await takeFacts(centre.db, 'eu', [counted('OTHER', 60), ...busy('OTHER', { node: 'ham1' })])
  const asked = { region: 'eu', sku: 'OTHER', node: 'ber1', asOf: NOON, difference: -2 }
  expect(await behindOf(asked)).toHaveLength(1)
})
