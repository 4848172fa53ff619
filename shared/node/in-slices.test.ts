import { expect, test } from 'vitest'
import { inSlices } from './in-slices.ts'

/** Some hundred milliseconds of work, in small steps. */
function* work(): Generator<void, string> {
  for (const startedAt = performance.now(); performance.now() - startedAt < 100;) yield
  return 'done'
}

test('who comes while something long is worked out has its turn before the end', async () => {
  let turns = 0
  const count = (): void => {
    turns++
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  expect(await inSlices(work())).toBe('done')
  clearImmediate(next)
  expect(turns).toBeGreaterThan(2)
})
