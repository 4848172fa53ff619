import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'
import { SmallDisk } from '../support/small-disk.ts'

const BATCH = 200
const BATCHES_MAX = 400
const STEADY_UNTIL_MS = 30_000

/** Whether anything may be mounted here; elsewhere these are skipped, and say so. */
const probe = SmallDisk.mount(1)
probe?.unmount()

let folder: string
let disk: SmallDisk
let server: NatsServer
let region: RegionProcess

const batchOf = (batch: number) =>
  Array.from({ length: BATCH }, (_, i) => ({
    specversion: '1.0',
    id: `e${batch * BATCH + i}`,
    source: 'wms-ber1',
    type: 'plimsoll.stock.received',
    time: formatInstant(1_790_000_000_000 + batch * 1000 + i),
    subject: 'X',
    data: { node: 'ber1', quantity: 1, note: `carton ${'x'.repeat(60)} ${batch}-${i}` },
  }))

/** What became of a batch: true when all of it was taken, now or before; null when nobody answered for it. */
async function send(batch: number): Promise<boolean | null> {
  try {
    const { status, body } = await region.call<{ results: { status: string }[] }>('/v1/events', {
      json: batchOf(batch),
      contentType: 'application/cloudevents-batch+json',
    })
    if (status !== 202) return null
    return body.results.every((it) => it.status === 'accepted' || it.status === 'duplicate')
  } catch {
    return null
  }
}

const onHand = async (): Promise<number> =>
  (await region.call<{ totals: { onHand: number } }>('/v1/positions/X')).body.totals.onHand

/** Sends until nobody answers for a batch; how many were taken before. */
async function sendUntilRefused(from: number): Promise<number> {
  for (let batch = from; batch < BATCHES_MAX; batch++) if ((await send(batch)) !== true) return batch
  throw new Error('the disk was never full')
}

async function prepare(): Promise<void> {
  await region.start()
  await region.put('/v1/sources/wms-ber1', { role: 'wms' })
  await region.put('/v1/nodes/ber1', {})
  await region.put('/v1/items/X', {})
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-full-'))
})

afterEach(async () => {
  await region?.kill9()
  await server?.stop()
  disk?.unmount()
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(probe === null)('a disk that is full (needs to mount one, as root)', () => {
  test('under the ledger: the hub ends rather than answer for what it can not keep, and has all it answered for when there is room', async () => {
    disk = SmallDisk.mount(48)!
    server = await startLeaf({ region: 'eu' })
    region = new RegionProcess({
      region: 'eu',
      folder,
      nats: server.url,
      more: { dataDir: join(disk.path, 'eu') },
    })
    await prepare()
    for (let batch = 0; batch < 5; batch++) expect(await send(batch)).toBe(true)
    disk.fill(300_000)
    const taken = await sendUntilRefused(5)
    expect(await region.ended()).toBe(1)

    disk.free()
    await region.start()
    // What was on the stream and not in the journal yet is folded now: it was never answered for, and may be there.
    await eventually(async () => (await onHand()) >= taken * BATCH, STEADY_UNTIL_MS)
    for (let batch = taken; batch < taken + 3; batch++) expect(await send(batch)).toBe(true)
    expect(await onHand()).toBe((taken + 3) * BATCH)
  })

  test('under NATS: what can not be kept is refused, reads go on, and the hub goes on by itself when the server is started again with room', async () => {
    disk = SmallDisk.mount(64)!
    server = await startLeaf({ region: 'eu', under: disk.path })
    region = new RegionProcess({ region: 'eu', folder, nats: server.url })
    await prepare()
    for (let batch = 0; batch < 5; batch++) expect(await send(batch)).toBe(true)
    disk.fill(300_000)
    const taken = await sendUntilRefused(5)
    expect(await onHand()).toBeGreaterThanOrEqual(taken * BATCH)

    // A nats-server that ran out of disk has switched JetStream off, and does so until it is started anew.
    disk.free()
    await server.kill9()
    await server.start()
    await eventually(async () => (await send(taken)) === true, STEADY_UNTIL_MS)
    expect(await onHand()).toBe((taken + 1) * BATCH)
  })
})
