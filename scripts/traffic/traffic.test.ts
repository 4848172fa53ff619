import { expect, test } from 'vitest'
import { CanonicalEvent } from '../../shared/contract/events.ts'
import { normaliseGtin } from '../../shared/domain/gtin.ts'
import { tapeOf } from './given.ts'
import { catalogueOf } from './world/catalogue.ts'
import { sitesOf } from './world/demo-sites.ts'
import { freeOf } from './world/world.ts'

const MINUTES = 15
const { world, messages } = tapeOf('plimsoll', MINUTES * 60)
const events = messages
  .filter(({ via }) => via !== 'inbound')
  .flatMap(({ body, sendAt }) =>
    (JSON.parse(body) as Record<string, unknown>[]).map((event) => ({ event, sendAt })),
  )
const idsOf = (source: string): string[] =>
  events.filter(({ event }) => event['source'] === source).map(({ event }) => event['id'] as string)

test('the same seed says the same, another seed something else', () => {
  expect(tapeOf('plimsoll', 120).messages).toEqual(tapeOf('plimsoll', 120).messages)
  expect(tapeOf('plimsoll', 120).messages).not.toEqual(tapeOf('another', 120).messages)
})

test('every event is a canonical one', () => {
  for (const { event } of events) expect(CanonicalEvent.safeParse(event).error).toBeUndefined()
  const types = new Set(events.map(({ event }) => event['type']))
  for (const type of ['stock.picked', 'stock.moved', 'stock.returned', 'order.changed', 'transfer.received'])
    expect(types).toContain(`plimsoll.${type}`)
})

test('nothing physical is ever fewer than none', () => {
  for (const { stock } of Object.values(world.regions)) {
    for (const bySku of Object.values(stock))
      for (const one of Object.values(bySku)) expect(freeOf(one)).toBeGreaterThanOrEqual(0)
  }
})

test('the rate stays polite, and nothing piles up', () => {
  const perSecond = events.length / (MINUTES * 60) / 2
  expect(perSecond).toBeGreaterThan(5)
  expect(perSecond).toBeLessThan(20)
  for (const { orders, purchases } of Object.values(world.regions)) {
    expect(orders.length).toBeLessThan(200)
    expect(purchases.length).toBeLessThan(100)
  }
})

test('a few events come twice, and a few late', () => {
  const ids = idsOf('wms-ber1')
  const twice = ids.length - new Set(ids).size
  expect(twice / ids.length).toBeGreaterThan(0.003)
  expect(twice / ids.length).toBeLessThan(0.03)
  const late = events.filter(
    ({ event, sendAt }) =>
      event['source'] === 'wms-ber1' && sendAt - Date.parse(event['time'] as string) > 5_000,
  )
  expect(late.length).toBeGreaterThan(5)
})

test('an item that somebody mistyped is told right a little later', () => {
  const mistyped = events.filter(({ event }) => String(event['id']).endsWith('-mistyped'))
  expect(mistyped.length).toBeGreaterThan(0)
  for (const { event, sendAt } of mistyped) {
    const right = events.find((other) => `${String(other.event['id'])}-mistyped` === event['id'])
    expect(right!.sendAt).toBeGreaterThan(sendAt)
  }
})

test('counts of the ERP are stale when they come, and by a clock that is off', () => {
  const counts = events.filter(
    ({ event }) => event['source'] === 'erp-eu' && event['type'] === 'plimsoll.stock.counted',
  )
  expect(counts.length).toBeGreaterThan(100)
  for (const { event, sendAt } of counts)
    expect(sendAt - Date.parse((event['data'] as { asOf: string }).asOf)).toBeGreaterThan(10_000)
})

test('a later run repeats no id of an earlier one', () => {
  const idsOfRun = (run: number): Set<string> => {
    const bodies = tapeOf('plimsoll', 60, { run }).messages.filter(({ via }) => via !== 'inbound')
    return new Set(bodies.flatMap(({ body }) => (JSON.parse(body) as { id: string }[]).map(({ id }) => id)))
  }
  const before = idsOfRun(1)
  expect([...idsOfRun(2)].filter((id) => before.has(id))).toEqual([])
})

test('the catalogue has valid GTINs and all tiers', () => {
  const catalogue = catalogueOf('plimsoll')
  expect(catalogue).toHaveLength(120)
  expect(new Set(catalogue.map(({ tier }) => tier)).size).toBe(3)
  for (const { gtin } of catalogue) expect(normaliseGtin(gtin)?.checkDigitValid).toBe(true)
  expect(sitesOf('eu').depot.source).toBe('3pl-ams1')
})
