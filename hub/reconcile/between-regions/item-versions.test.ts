import { expect, test } from 'vitest'
import { findItem } from './item-versions.ts'

const version = (region: string, hour: number, body: object, digest = JSON.stringify(body)) => ({
  sku: 'X',
  region,
  digest,
  time: `2026-11-23T${hour}:00:00.000Z`,
  body,
})

test('a unit that regions have otherwise is of class unit, at the region that was not told last', () => {
  const found = findItem([
    version('us', 11, { baseUom: 'EA', uoms: { CASE: 24 } }),
    version('eu', 10, { baseUom: 'EA', uoms: { CASE: 12 } }),
    version('apac', 12, { baseUom: 'EA', uoms: { CASE: 24 } }),
  ])
  expect(found).toMatchObject({
    key: 'master/X',
    region: 'eu',
    kind: 'master',
    class: 'unit',
    subject: 'uoms',
  })
  expect(found.settlesAfterMs).toBe(60_000)
})

test('another code for the same thing is a mapping', () => {
  const found = findItem([version('us', 11, { gtin: '1' }), version('eu', 10, { gtin: '2' })])
  expect(found).toMatchObject({ region: 'eu', class: 'mapping', subject: 'gtin' })
})
