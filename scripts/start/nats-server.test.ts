import { expect, test } from 'vitest'
import { flushesAlways } from './nats-server.ts'

test.each([
  ['nats-server: v2.9.10', false],
  ['nats-server: v2.10.0', true],
  ['nats-server: v2.12.1-RC.2', true],
  ['nats-server: v3.0.0', true],
  ['', false],
])('%s can flush each message: %s', (line, can) => {
  expect(flushesAlways(line)).toBe(can)
})
