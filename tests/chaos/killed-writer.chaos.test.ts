import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReservationAnswer } from '../../shared/contract/reservation-api.ts'
import { seededRandom } from '../../shared/kernel/random.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import type { RegionProcess } from '../support/region-process.ts'
import { startTwo } from '../support/writer-and-standby.ts'

const UNITS = 1_000
const CLIENTS = 64
const ATTEMPTS = 5_000
const KILLS = Number(process.env['PLIMSOLL_KILLS'] ?? 50)
/** A takeover takes 1.6 s, a start less. */
const BACK_WITHIN_MS = 20_000

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-killed-writer-'))
const random = seededRandom('killed-writer')
let server: NatsServer
let one: RegionProcess
let two: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  ;({ one, two } = await startTwo({ folder, nats: server.url }, UNITS))
})

afterAll(async () => {
  await Promise.all([one?.stop(), two?.stop()])
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Answer = { status: number; body: ReservationAnswer & { type?: string } }
const reserve = (at: RegionProcess, key: string): Promise<Answer> =>
  at.call('/v1/reservations', {
    json: { orderRef: `web:${key}`, channel: 'web', lines: [{ line: '1', sku: 'HOT', quantity: 1 }] },
    headers: { 'idempotency-key': key },
  })
const isWriter = async (at: RegionProcess): Promise<boolean> =>
  at.call<{ role: string }>('/readyz').then(
    ({ body }) => body.role === 'writer',
    () => false,
  )
const writer = async (): Promise<RegionProcess> => {
  await eventually(async () => (await isWriter(one)) || (await isWriter(two)), BACK_WITHIN_MS)
  return (await isWriter(one)) ? one : two
}
const reserved = async (at: RegionProcess): Promise<number> =>
  (await at.call<{ totals: { reserved: number } }>('/v1/positions/HOT')).body.totals.reserved
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

test(
  `${UNITS} units are sold ${UNITS} times to ${CLIENTS} clients who try ${ATTEMPTS} times, while the writer is killed ${KILLS} times`,
  { timeout: 900_000 },
  async () => {
    const sold = new Map<string, ReservationAnswer>()
    const told = new Map<number, number>()
    const faults = new Set<string>()
    let [kills, attempts] = [0, 0]
    /** Asks whichever process is there, with one key, until it is told: away, or standing by, is no answer. */
    const buy = async (key: string): Promise<void> => {
      for (let at = one; ; at = at === one ? two : one, await pause(20)) {
        const answer = await reserve(at, key).catch(() => null)
        if (answer === null) continue
        const { status, body } = answer
        if (status >= 500) faults.add(`${status} ${body.type}`)
        if (status >= 500) continue
        told.set(status, (told.get(status) ?? 0) + 1)
        if (status === 201) sold.set(key, body)
        return
      }
    }
    const client = async (): Promise<void> => {
      for (let n = attempts++; n < ATTEMPTS; n = attempts++) {
        // So many fall to each kill, the last ones to none.
        while (kills < Math.floor((n * (KILLS + 1)) / ATTEMPTS)) await pause(5)
        await buy(`buy-${n}`)
      }
    }
    const clients = Array.from({ length: CLIENTS }, client)
    while (kills < KILLS) {
      const victim = await writer()
      await pause(random.int(5, 150))
      await victim.kill9()
      // Now it comes back before the other notices, now the other takes over.
      if (kills % 2 === 0) await writer()
      await victim.start()
      kills++
    }
    await Promise.all(clients)
    expect(Object.fromEntries(told)).toEqual({ 201: UNITS, 409: ATTEMPTS - UNITS })
    expect([...faults].filter((it) => !it.startsWith('503 /problems/'))).toEqual([])
    expect(new Set([...sold.values()].map(({ reservationId }) => reservationId)).size).toBe(UNITS)
    const now = await writer()
    for (const [key, first] of sold) expect((await reserve(now, key)).body).toEqual(first)
    await eventually(async () => (await reserved(one)) === UNITS && (await reserved(two)) === UNITS)
  },
)
