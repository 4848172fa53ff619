import { expect, test } from 'vitest'
import { isSession, newSession, SESSION_MS } from './session.ts'

const key = 'the-key-of-the-centre'

test('a session holds until its time is over, and for this key alone', () => {
  const cookie = newSession(key, 1_700_000_000_000)
  expect(isSession(cookie, key, 1_700_000_000_001)).toBe(true)
  expect(isSession(cookie, key, 1_700_000_000_000 + SESSION_MS)).toBe(false)
  expect(isSession(cookie, 'another-key-entirely', 1_700_000_000_001)).toBe(false)
  expect(cookie).not.toContain(key)
})

test.each([undefined, '', '.', '9999999999999.', '9999999999999.abc', 'abc.def'])(
  '%j is no session',
  (cookie) => {
    expect(isSession(cookie, key, 0)).toBe(false)
  },
)
