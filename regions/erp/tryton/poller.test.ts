import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { err, ok } from '../../../shared/kernel/result.ts'
import { seededRandom } from '../../../shared/kernel/random.ts'
import { dateTimeOf, momentOf } from '../../connectors/tryton/values.ts'
import type { TrytonClient } from './client.ts'
import { TrytonConfig } from './config.ts'
import { TrytonPoller } from './poller.ts'

const T = Date.UTC(2026, 10, 26, 10)
const config = TrytonConfig.parse({
  source: 'erp',
  url: 'http://127.0.0.1:9',
  database: 'erp',
  user: 'u',
  passwordEnv: 'X',
  overlapMs: 60_000,
})

type Row = { readonly id: number; readonly at: number; readonly isChanged?: boolean }

/** A Tryton of nothing but moves, which knows the few questions that the poller asks. */
class MovesOnly {
  rows: Row[] = []
  asked: string[] = []
  answer: ReturnType<TrytonClient['call']> | null = null

  readonly client = {
    call: (method: string, params: unknown[]) => this.#call(method, params),
  } as unknown as TrytonClient

  async #call(method: string, params: unknown[]) {
    this.asked.push(method)
    if (this.answer) return this.answer
    if (method.endsWith('fields_get')) return ok({})
    if (method !== 'model.stock.move.search_read') return ok([])
    const [domain, , limit, [[order, way]]] = params as [unknown[][], number, number, [[string, string]]]
    const afterId = (domain.find(([field]) => field === 'id')?.[2] as number | undefined) ?? 0
    const window = domain.find(([field]) => field === 'OR')?.[1] as [[string, string, never]] | undefined
    const since = window ? momentOf(window[0][2])! : 0
    const isStamped = (row: Row): boolean =>
      way !== 'DESC' || order === 'create_date' || row.isChanged === true
    const found = this.rows
      .filter((row) => row.id > afterId && row.at >= since && isStamped(row))
      .sort((a, b) => (way === 'DESC' ? b.at - a.at : a.id - b.id))
    return ok(
      found.slice(0, limit).map(({ id, at, isChanged }) => ({
        id,
        create_date: dateTimeOf(at),
        write_date: isChanged ? dateTimeOf(at) : null,
        origin: null,
        shipment: null,
      })),
    )
  }
}

function given(memory = new Map<string, string>(), erp = new MovesOnly()) {
  const handed: (number[] | string)[] = []
  let fails = (): boolean => false
  let now = T
  const poller = new TrytonPoller(config, erp.client, {
    receive: async ({ body }) => {
      if (fails()) throw new Error('the disk is full')
      const page = JSON.parse(new TextDecoder().decode(body)) as { tryton: string; rows?: { id: number }[] }
      handed.push(page.rows ? page.rows.map(({ id }) => id) : page.tryton)
    },
    memory: { text: (key) => memory.get(key) ?? null, setText: (key, value) => void memory.set(key, value) },
    clock: { now: () => now },
    random: seededRandom('poller'),
    log: pino({ level: 'silent' }),
  })
  return {
    poller,
    erp,
    memory,
    handed,
    failWhen: (when: () => boolean) => void (fails = when),
    later: (ms: number) => void (now += ms),
  }
}

describe('what is read', () => {
  test('is handed in once a version, and again when it was changed', async () => {
    const { poller, erp, handed, later } = given()
    erp.rows = [
      { id: 1, at: T },
      { id: 2, at: T + 1000 },
    ]
    await poller.poll()
    later(100)
    await poller.poll()
    erp.rows[0] = { id: 1, at: T + 2000, isChanged: true }
    later(100)
    await poller.poll()
    expect(handed).toEqual([[1, 2], [1]])
  })

  test('holds what began before the last round and ended after it', async () => {
    const { poller, erp, handed, later } = given()
    erp.rows = [{ id: 2, at: T + 30_000 }]
    await poller.poll()
    // Stamped when its transaction began, seen when it ended.
    erp.rows.push({ id: 1, at: T })
    later(100)
    await poller.poll()
    expect(handed).toEqual([[2], [1]])
  })

  test('is, after a restart, what came since and what the overlap holds', async () => {
    const first = given()
    first.erp.rows = [
      { id: 1, at: T },
      { id: 2, at: T + 100_000 },
    ]
    await first.poller.poll()
    const second = given(first.memory, first.erp)
    second.erp.rows.push({ id: 3, at: T + 100_001 })
    await second.poller.poll()
    expect(second.handed).toEqual([[2, 3]])
  })

  test('goes on in the middle of a long first reading', async () => {
    const first = given()
    first.erp.rows = Array.from({ length: 450 }, (_, i) => ({ id: i + 1, at: T + i * 1000 }))
    first.failWhen(() => first.handed.length === 1)
    await expect(first.poller.poll()).rejects.toThrow('the disk is full')
    const second = given(first.memory, first.erp)
    await second.poller.poll()
    expect([...first.handed, ...second.handed].map((page) => page.length)).toEqual([200, 200, 50])
    // A row that was passed and then changed is behind the cursor's end.
    first.erp.rows[0] = { id: 1, at: T + 900_000, isChanged: true }
    await second.poller.poll()
    expect(second.handed.at(-1)).toContain(1)
  })

  test('that could not be kept is handed in again', async () => {
    const { poller, erp, handed, failWhen } = given()
    erp.rows = [{ id: 1, at: T }]
    failWhen(() => true)
    await expect(poller.poll()).rejects.toThrow('the disk is full')
    failWhen(() => false)
    await poller.poll()
    expect(handed).toEqual([[1]])
  })
})

test('an ERP with nothing new is alive, and said to be so four times a minute', async () => {
  const { poller, handed, later } = given()
  await poller.poll()
  later(14_000)
  await poller.poll()
  later(1000)
  await poller.poll()
  expect(handed).toEqual(['heartbeat', 'heartbeat'])
})

test('an ERP that asks for time is given it', async () => {
  const { poller, erp } = given()
  erp.answer = Promise.resolve(err({ kind: 'busy', status: 429, retryAfterMs: 60_000 }))
  await expect(poller.poll()).rejects.toMatchObject({ retryAfterMs: 60_000 })
})
