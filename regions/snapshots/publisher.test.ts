import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodePush, type PushHeader } from '../../shared/contract/push.ts'
import { eventually } from '../../tests/support/eventually.ts'
import { PublishedRegion } from '../../tests/support/published-region.ts'

/** An edge that notes what it is sent, and answers as the test says. */
const pushes: PushHeader[] = []
let answer: (header: PushHeader) => { status: number; epoch: number; version: number }
const taken = (header: PushHeader) => ({ status: 200, epoch: header.epoch, version: header.toVersion })
const edge = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const { header } = decodePush(new Uint8Array(Buffer.concat(parts)))!
  pushes.push(header)
  const { status, ...held } = answer(header)
  response.statusCode = status
  response.end(JSON.stringify(held))
})
let region: PublishedRegion

beforeAll(async () => {
  edge.listen(0, '127.0.0.1')
  await once(edge, 'listening')
  const address = edge.address()
  const url = typeof address === 'object' ? `http://127.0.0.1:${address!.port}` : ''
  region = new PublishedRegion({ url, secret: 'a-secret-of-tests-alone' }, 4)
  for (let n = 0; n < 100; n++) region.item(`SKU-${n}`, 'A')
  answer = taken
  region.partBytesMax = 2_000
  await region.anotherWriter()
  await eventually(() => Promise.resolve(region.publisher.status().version > 0))
})

afterAll(async () => {
  await region.publisher.stop()
  edge.close()
})

test('a fresh start comes in parts, the last of which installs them, and carries every shard once', () => {
  const parts = pushes.filter(({ fromVersion }) => fromVersion === 0)
  expect(parts.length).toBeGreaterThan(1)
  expect(new Set(parts.map(({ toVersion }) => toVersion)).size).toBe(1)
  expect(parts.map(({ part }) => part)).toEqual([...parts.slice(1).map(() => 'more'), 'last'])
  const shards = parts.flatMap((it) => it.shards.map(({ shard }) => shard))
  expect(shards.sort()).toEqual([0, 1, 2, 3])
})

test('an edge that is further than we know of gets everything, above what it holds', async () => {
  const ahead = region.publisher.status().version + 50
  answer = ({ epoch }) => ({ status: 409, epoch, version: ahead })
  pushes.length = 0
  region.move('SKU-1', 5)
  await eventually(() => Promise.resolve(pushes.length > 0))
  answer = taken
  const last = () => pushes.find(({ part }) => part === 'last')
  await eventually(() => Promise.resolve(last() !== undefined))
  expect(last()!.toVersion).toBeGreaterThan(ahead)
})
