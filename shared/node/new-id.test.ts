import { expect, test } from 'vitest'
import { UUID } from 'uuidv7'
import { newId } from './new-id.ts'

test('ids are UUIDs of version 7, each behind the one before', () => {
  const ids = Array.from({ length: 10_000 }, newId)
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(UUID.parse(id).toString()).toBe(id)
  }
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})
