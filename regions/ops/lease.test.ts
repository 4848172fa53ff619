import pino from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { KeyValue } from '../../shared/node/nats.ts'
import { Lease } from './lease.ts'

/** A bucket with one key. Its next answers can be made to get lost: what was written stays written. */
function bucket(): KeyValue & { readonly value: () => string | null; lose: number } {
  let entry: { value: string; revision: number } | null = null
  return {
    lose: 0,
    value: () => entry?.value ?? null,
    get: () => Promise.resolve(entry),
    put(_key, value, revision) {
      if (revision !== (entry?.revision ?? 0)) return Promise.resolve(null)
      entry = { value, revision: revision + 1 }
      if (this.lose-- > 0) return Promise.reject(new Error('TIMEOUT'))
      return Promise.resolve(entry.revision)
    },
  }
}

const log = pino({ level: 'silent' })
const RENEWALS_MS = 5_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function kept(kv: KeyValue): Promise<{ readonly lost: () => number; readonly lease: Lease }> {
  const lease = new Lease(kv, { holder: 'eu-1', log })
  expect(await lease.take()).toBe(true)
  let lost = 0
  lease.keep(() => lost++)
  return { lost: () => lost, lease }
}

test('a renewal that was written and whose answer got lost is no other process’s', async () => {
  const kv = bucket()
  const { lost, lease } = await kept(kv)
  kv.lose = 2
  await vi.advanceTimersByTimeAsync(RENEWALS_MS)
  expect(lost()).toBe(0)
  await lease.release()
  expect(kv.value(), 'it is given up as what it became').toBe('')
})

test('another process that took it is noticed once', async () => {
  const kv = bucket()
  const { lost } = await kept(kv)
  const { revision } = (await kv.get('writer'))!
  await kv.put('writer', 'eu-2', revision)
  await vi.advanceTimersByTimeAsync(RENEWALS_MS)
  expect(lost()).toBe(1)
  expect(kv.value()).toBe('eu-2')
})
