import { expect, test } from 'vitest'
import { settingsOf, type Env } from './settings.ts'

const env = (more: Partial<Env>): Env => ({ REGIONS: 'eu', DB_EU: {}, ...more }) as unknown as Env

test('where a region is asked comes from its secret', () => {
  const REGION_HUBS = '{"eu":{"urls":["https://hub-a.eu.example"],"key":"a-key-of-the-region"}}'
  expect(settingsOf(env({ REGION_HUBS })).regionHubs).toEqual({
    eu: { urls: ['https://hub-a.eu.example'], key: 'a-key-of-the-region' },
  })
  expect(settingsOf(env({})).regionHubs).toEqual({})
})

test.each([
  ['is not JSON', '{"eu":{"urls":["https://hub.example"],"key":"a-key-nobody-may-see'],
  [
    'has a field that is not ours',
    '{"eu":{"urls":["https://hub.example"],"key":"a-key-nobody-may-see","x":1}}',
  ],
  ['has no address', '{"eu":{"urls":[],"key":"a-key-nobody-may-see"}}'],
  ['has an address of another kind', '{"eu":{"urls":["file:///etc/passwd"],"key":"a-key-nobody-may-see"}}'],
  ['has a key with a blank', '{"eu":{"urls":["https://hub.example"],"key":"a key nobody may see"}}'],
])('a secret that %s is refused by its name, and nothing of it is told', (_, REGION_HUBS) => {
  const refusal = (): unknown => settingsOf(env({ REGION_HUBS }))
  expect(refusal).toThrow(/the binding REGION_HUBS/)
  try {
    refusal()
  } catch (error) {
    expect(String(error)).not.toMatch(/nobody/)
  }
})
