import { expect, test } from 'vitest'
import { redacted } from './redacted.ts'

test('secrets are covered by their names, however deep', () => {
  const body = { name: 'hook', webhook: { url: 'http://x', secret: 's3cret', headers: [{ apiKey: 'k' }] } }
  expect(redacted(JSON.stringify(body))).toEqual({
    name: 'hook',
    webhook: { url: 'http://x', secret: '…', headers: [{ apiKey: '…' }] },
  })
})

test('a long body is cut, one that is not JSON is told by its length alone, and none is null', () => {
  expect(redacted(JSON.stringify({ reason: 'x'.repeat(20_000) }))).toMatchObject({ length: 20_013 })
  expect(redacted('key=abc')).toEqual({ notJson: true, length: 7 })
  expect(redacted('')).toBe(null)
})
