import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReservationAnswer } from '../../shared/contract/reservation-api.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import type { RegionProcess } from '../support/region-process.ts'
import { startTwo } from '../support/writer-and-standby.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-one-writer-'))
let server: NatsServer
let one: RegionProcess
let two: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  ;({ one, two } = await startTwo({ folder, nats: server.url }, 1_000))
})

afterAll(async () => {
  await Promise.all([one?.stop(), two?.stop()])
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Answer = { status: number; body: ReservationAnswer }
const reserve = (at: RegionProcess, key: string, quantity = 1): Promise<Answer> =>
  at.call('/v1/reservations', {
    json: { orderRef: `web:${key}`, channel: 'web', lines: [{ line: '1', sku: 'HOT', quantity }] },
    headers: { 'idempotency-key': key },
  })
const roleOf = async (at: RegionProcess): Promise<unknown> =>
  at.call<{ role: string }>('/readyz').then(
    ({ body }) => body.role,
    () => 'away',
  )
const reserved = async (at: RegionProcess): Promise<number> => {
  const { body } = await at.call<{ totals: { reserved: number } }>('/v1/positions/HOT')
  return body.totals.reserved
}
const TAKEN_OVER_WITHIN_MS = 3_000

describe('two processes of one region', () => {
  test('are a writer and a standby, which answers what is read and nothing else', async () => {
    expect([await roleOf(one), await roleOf(two)]).toEqual(['writer', 'standby'])
    const { status, body } = await reserve(one, 'first', 10)
    expect(status).toBe(201)
    await eventually(async () => (await reserved(two)) === 10)
    expect((await two.call(`/v1/reservations/${body.reservationId}`)).body).toEqual(body)
    expect(await reserve(two, 'second')).toMatchObject({
      status: 503,
      body: { type: '/problems/not-the-writer' },
    })
  })

  test('when the writer is killed the standby writes within three seconds, and gives first answers again', async () => {
    const { body: first } = await reserve(one, 'kept', 5)
    await one.kill9()
    const killedAt = performance.now()
    await eventually(async () => (await roleOf(two)) === 'writer', 10_000)
    const tookMs = performance.now() - killedAt
    expect(tookMs).toBeLessThan(TAKEN_OVER_WITHIN_MS)
    expect(await reserve(two, 'kept', 5)).toEqual({ status: 201, body: first })
    expect((await reserve(two, 'third', 5)).status).toBe(201)
    await one.start()
    expect(await roleOf(one)).toBe('standby')
    await eventually(async () => (await reserved(one)) === 20)
  })

  test('a writer that was paused, and believes that it still writes, is refused by the fence and steps down', async () => {
    two.signal('SIGSTOP')
    await eventually(async () => (await roleOf(one)) === 'writer', 10_000)
    expect((await reserve(one, 'fourth', 5)).status).toBe(201)
    const ended = two.ended()
    two.signal('SIGCONT')
    // Both are asked at the same time, for the same orders: only one of them can answer.
    const keys = Array.from({ length: 30 }, (_, n) => `zombie-${n}`)
    const asked = (at: RegionProcess) =>
      Promise.all(keys.map((key) => reserve(at, key).catch(() => ({ status: 503, body: null }))))
    const [late, right] = await Promise.all([asked(two), asked(one)])
    expect(new Set(late.map(({ status }) => status))).toEqual(new Set([503]))
    expect(new Set(right.map(({ status }) => status))).toEqual(new Set([201]))
    expect(await ended).toBe(1)
    await two.start()
    await eventually(async () => (await reserved(two)) === 55)
    expect(await reserved(one)).toBe(55)
    const again = await Promise.all(keys.map((key) => reserve(one, key)))
    expect(again.map(({ body }) => body)).toEqual(right.map(({ body }) => body))
    expect(await reserved(one)).toBe(55)
  })

  test('a writer that is stopped gives its place up at once', async () => {
    await one.stop()
    const stoppedAt = performance.now()
    await eventually(async () => (await roleOf(two)) === 'writer', 10_000)
    expect(performance.now() - stoppedAt).toBeLessThan(1_500)
    await one.start()
  })
})
