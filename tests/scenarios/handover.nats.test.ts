import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ExceptionRecord } from '../../shared/contract/exceptions.ts'
import { inboundSubject } from '../../shared/contract/subjects.ts'
import { type Bus, connectBus, openKeyValue } from '../../shared/node/nats.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

/** What was put on the writer is there on the one that writes next, though the first was killed. */

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-handover-'))
const SECRET = 'the-secret-of-the-shop'
let server: NatsServer
let bus: Bus
let one: RegionProcess
let two: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  bus = await connectBus('systems', { servers: [server.url] })
  one = new RegionProcess({ region: 'eu', folder, nats: server.url, dataName: 'one' })
  two = new RegionProcess({ region: 'eu', folder, nats: server.url, dataName: 'two' })
  await one.start()
  await two.start()
  await one.put('/v1/nodes/ber1', { source: 'wms' })
  await one.put('/v1/sources/wms', { role: 'wms' })
  await one.put('/v1/sources/shop', { role: 'channel', secret: SECRET })
  await one.put('/v1/items/X', {})
})

afterAll(async () => {
  await Promise.all([one?.stop(), two?.stop()])
  await bus?.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let numbers = 0
const received = (sku: string, quantity = 1) => ({
  specversion: '1.0',
  id: `e${numbers++}`,
  source: 'wms',
  type: 'plimsoll.stock.received',
  time: new Date().toISOString(),
  subject: sku,
  data: { node: 'ber1', quantity },
})
const send = (event: object): Promise<unknown> =>
  bus.js.publish(inboundSubject('eu', 'wms'), JSON.stringify(event))
const onHand = async (at: RegionProcess, sku: string): Promise<number> =>
  (await at.call<{ totals?: { onHand: number } }>(`/v1/positions/${sku}`)).body.totals?.onHand ?? 0
const letters = async (at: RegionProcess): Promise<ExceptionRecord[]> =>
  (await at.call<{ exceptions: ExceptionRecord[] }>('/v1/exceptions?limit=1000')).body.exceptions
const letterOf = async (at: RegionProcess, sku: string): Promise<ExceptionRecord | undefined> =>
  (await letters(at)).find(({ detail }) => detail.includes(sku))
const isWriter = async (at: RegionProcess): Promise<boolean> =>
  at.call<{ role: string }>('/readyz').then(
    ({ body }) => body.role === 'writer',
    () => false,
  )
/** Both have the same letters, each in the same state. */
const same = async (): Promise<boolean> => {
  const [ones, twos] = await Promise.all([letters(one), letters(two)])
  const text = (some: ExceptionRecord[]) =>
    some
      .map((it) => JSON.stringify(it))
      .sort()
      .join('\n')
  return text(ones) === text(twos)
}
const signed = async (at: RegionProcess, secret: string): Promise<number> => {
  // What a shop says of a warehouse's stock is kept beside, and moves nothing.
  const body = JSON.stringify(received('X', 100))
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  const headers = { authorization: '', 'x-plimsoll-signature-256': signature }
  return (await at.call('/v1/inbound/shop', { body, headers })).status
}

describe('when the writer is killed, the one that writes next', () => {
  test('has its exceptions, open and settled, with their bytes', async () => {
    for (const sku of ['A1', 'B1', 'C1']) await send(received(sku))
    const json = received('D1')
    await one.call('/v1/events', { json, contentType: 'application/cloudevents+json' })
    await eventually(async () => (await letters(one)).length === 4)
    await one.call(`/v1/exceptions/${(await letterOf(one, 'A1'))!.id}/discard`, { method: 'POST' })
    await one.put('/v1/items/B1', {})
    await eventually(async () => (await letterOf(one, 'B1'))?.status === 'replayed')
    await eventually(same)
    // Whole, it is too large for a letter.
    const large = received('L1')
    await send({ ...large, data: { ...large.data, note: 'x'.repeat(900_000) } })
    await eventually(async () => (await letterOf(one, 'L1')) !== undefined)
    await eventually(same)
    for (const sku of ['C1', 'L1']) {
      const { id } = (await letterOf(one, sku))!
      const full = (await one.call(`/v1/exceptions/${id}`)).body
      expect(full['body']).toEqual(expect.any(String))
      expect((await two.call(`/v1/exceptions/${id}`)).body).toEqual(full)
    }
  })

  test('lets in who signs with a secret that was put on the first, and nobody else', async () => {
    expect([await signed(one, SECRET), await signed(one, 'a-secret-of-somebody')]).toEqual([202, 401])
    await one.kill9()
    await eventually(() => isWriter(two), 10_000)
    expect([await signed(two, SECRET), await signed(two, 'a-secret-of-somebody')]).toEqual([202, 401])
    const bucket = await openKeyValue(bus, 'HANDOVER')
    const kept = await Promise.all((await bucket.keys()).map((key) => bucket.get(key)))
    expect(kept.length, 'what lies in the bucket tells nobody').toBe(2)
    expect(JSON.stringify(kept)).not.toContain(SECRET)
    expect(JSON.stringify(kept)).not.toContain(Buffer.from(SECRET).toString('base64'))
  })

  test('replays by itself what waited for a code, and leaves settled what was settled', async () => {
    expect((await letterOf(two, 'A1'))!.status).toBe('discarded')
    await two.put('/v1/items/C1', {})
    await two.put('/v1/items/D1', {})
    await two.put('/v1/items/L1', {})
    for (const sku of ['C1', 'D1', 'L1']) await eventually(async () => (await onHand(two, sku)) === 1)
    await eventually(async () => (await letters(two)).every(({ status }) => status !== 'open'))
    await one.start()
    await eventually(same)
  })

  test('understands what the first had not come to, once, and leaves what it had understood', async () => {
    const settled = await letters(two)
    two.signal('SIGSTOP')
    for (let i = 0; i < 5; i++) await send(received('X'))
    await send(received('E1'))
    await two.kill9()
    await eventually(() => isWriter(one), 10_000)
    await eventually(async () => (await letterOf(one, 'E1'))?.status === 'open')
    await eventually(async () => (await onHand(one, 'X')) === 5)
    const others = (await letters(one)).filter(({ detail }) => !detail.includes('E1'))
    expect(others.map(({ id, status, attempts }) => [id, status, attempts]).sort()).toEqual(
      settled.map(({ id, status, attempts }) => [id, status, attempts]).sort(),
    )
    await two.start()
    await eventually(same)
  })

  test('does so again and again, under load, and nothing is lost or told twice', async () => {
    const before = (await letters(one)).length
    const sale = { isOver: false, sent: 0, refused: 0 }
    const sending = (async () => {
      for (; !sale.isOver; sale.sent++) {
        await send(received('X'))
        if (sale.sent % 10 === 0) await send(received(`N${sale.refused++}`))
        await new Promise((resolve) => setTimeout(resolve, 3))
      }
    })()
    for (let kill = 0; kill < 4; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 400))
      const [writer, other] = (await isWriter(one)) ? [one, two] : [two, one]
      await writer.kill9()
      // One that the machine did not let run for the time of a lease has given it up, and ended.
      await eventually(async () => {
        await other.keepRunning()
        return isWriter(other)
      }, 10_000)
      await writer.start()
    }
    sale.isOver = true
    await sending
    await eventually(async () => {
      await Promise.all([one.keepRunning(), two.keepRunning()])
      return (await isWriter(one)) || (await isWriter(two))
    }, 10_000)
    const writer = (await isWriter(one)) ? one : two
    await eventually(async () => (await onHand(writer, 'X')) === 5 + sale.sent, 20_000)
    await eventually(async () => (await letters(writer)).length === before + sale.refused, 20_000)
    expect(new Set((await letters(writer)).map(({ detail }) => detail)).size).toBe(before + sale.refused)
    expect((await letters(writer)).every(({ attempts, status }) => attempts === 1 || status !== 'open')).toBe(
      true,
    )
    await eventually(same, 10_000)
  }, 120_000)
})
