import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../../tests/support/eventually.ts'
import { type NatsServer, startLeaf } from '../../tests/support/nats-servers.ts'
import { type Bus, connectBus, ensureStream, readStream } from './nats.ts'

let server: NatsServer
let [sender, reader]: (Bus | null)[] = [null, null]

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  sender = await connectBus('sender', { servers: [server.url] })
  reader = await connectBus('reader', { servers: [server.url] })
  await ensureStream(sender, { name: 'FACTS', subjects: ['facts.>'] })
})

afterAll(async () => {
  await Promise.all([sender?.close(), reader?.close()])
  await server?.stop()
})

const publish = async (count: number, bytes: number): Promise<void> => {
  for (let at = 0; at < count; at++) await sender!.js.publish('facts.eu', new Uint8Array(bytes))
}

test('a slow reader leaves what it has no room for at the server, and gets everything in order', async () => {
  const [count, bytes] = [300, 200_000]
  await publish(count, bytes)
  const before = reader!.connection.stats().inBytes
  const seen: number[] = []
  let [waitingMax, batchMax] = [0, 0]
  const reading = readStream(reader!, {
    stream: 'FACTS',
    fromSequence: 1,
    onBatch: async (messages) => {
      for (const { seq } of messages) seen.push(seq)
      batchMax = Math.max(batchMax, messages.length * bytes)
      await new Promise((resolve) => setTimeout(resolve, 50))
      const came = reader!.connection.stats().inBytes - before
      waitingMax = Math.max(waitingMax, came - seen.length * bytes)
    },
  })
  await eventually(() => Promise.resolve(seen.length === count), 30_000)
  await reading.stop()
  expect(seen).toEqual(Array.from({ length: count }, (_, i) => i + 1))
  expect(batchMax).toBeLessThanOrEqual(4_200_000)
  expect(waitingMax, 'two batches, and what was asked for').toBeLessThan(12_000_000)
})

test('a message that comes after a silence is read at once, also where a question has just ended', async () => {
  const arrived: number[] = []
  const reading = readStream(reader!, {
    stream: 'FACTS',
    fromSequence: 301,
    onBatch: (messages) => messages.forEach(() => arrived.push(performance.now())),
  })
  for (let i = 0; i < 60; i++) {
    await new Promise((resolve) => setTimeout(resolve, 97))
    const sentAt = performance.now()
    await publish(1, 10)
    await eventually(() => Promise.resolve(arrived.length === i + 1), 1_000, 1)
    expect(arrived[i]! - sentAt).toBeLessThan(150)
  }
  await reading.stop()
})
