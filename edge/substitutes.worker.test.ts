import { beforeEach, expect, test } from 'vitest'
import { AvailabilityAnswer } from '../shared/contract/availability-api.ts'
import { EdgeWorld, NOON } from './testing/edge-world.ts'
import { row } from './testing/snapshot-rows.ts'

let world: EdgeWorld
const rules = {
  version: 1,
  allocation: { '*': [{ class: 'shop', cap: 50 }] },
  freshForMs: { A: 5000, B: 30_000, C: 120_000 },
}
const substitutes = ['other-1', 'gone', 'other-2', 'other-3', 'no-item']
const rows = [
  row('none-left', 0, { substitutes }),
  row('plenty', 9, { substitutes: ['other-1'] }),
  row('alone', 0),
  row('other-1', 70),
  row('other-2', 4),
  row('other-3', 1),
  row('gone', 0, { substitutes: ['plenty'] }),
]
const LISTED = [
  { sku: 'other-1', availableToSell: 50 },
  { sku: 'gone', availableToSell: 0 },
  { sku: 'other-2', availableToSell: 4 },
  { sku: 'other-3', availableToSell: 1 },
]

beforeEach(async () => {
  world = await EdgeWorld.open()
  await world.push({ from: 0, to: 10, asOf: NOON, rules, rows })
})

test('are listed when there is none of the item, each with its own figure for the asker; what is no item is not', async () => {
  for (const isolate of ['warm', 'cold']) {
    if (isolate === 'cold') await world.anotherIsolate()
    const figure = AvailabilityAnswer.strict().parse(await world.figure('/v1/availability/none-left'))
    expect(figure).toMatchObject({ availableToSell: 0, freshness: 'fresh', version: 10, substitutes: LISTED })
  }
})

test('are listed beside stock only when asked for', async () => {
  expect(await world.figure('/v1/availability/plenty')).not.toHaveProperty('substitutes')
  expect(await world.figure('/v1/availability/plenty?substitutes=false')).not.toHaveProperty('substitutes')
  expect((await world.figure('/v1/availability/plenty?substitutes=true')).substitutes).toEqual([LISTED[0]])
  expect(await world.figure('/v1/availability/alone?substitutes=true')).not.toHaveProperty('substitutes')
  expect((await world.read('/v1/availability/plenty?substitutes=perhaps')).status).toBe(400)
})

test('are of the node that is asked about', async () => {
  expect((await world.figure('/v1/availability/none-left?node=muc1')).substitutes).toEqual(
    LISTED.map(({ sku }) => ({ sku, availableToSell: 0 })),
  )
})

test('are listed in a query too, by an isolate that holds none of their shards', async () => {
  const { results } = await query({ skus: ['none-left', 'plenty', 'alone'] })
  expect(results.map((it) => it.substitutes)).toEqual([LISTED, undefined, undefined])
  await world.anotherIsolate()
  const asked = await query({ skus: ['none-left', 'plenty'], substitutes: true })
  expect(asked.results.map((it) => it.substitutes)).toEqual([LISTED, [LISTED[0]]])
})

test('follow their own changes', async () => {
  await world.figure('/v1/availability/none-left')
  await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('other-2', 2)] })
  expect((await world.figure('/v1/availability/none-left')).substitutes?.[2]).toEqual({
    sku: 'other-2',
    availableToSell: 2,
  })
})

const query = async (body: object): Promise<{ results: { substitutes?: object[] }[] }> =>
  (await world.query(body)).json()
