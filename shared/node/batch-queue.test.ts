import { expect, test } from 'vitest'
import { BatchQueue } from './batch-queue.ts'

/** Items are their own bytes. */
const queueOf = (...items: number[]): BatchQueue<number> => {
  const queue = new BatchQueue<number>({ itemsMax: 3, bytesMax: 10 }, (bytes) => bytes)
  for (const item of items) queue.push(item)
  return queue
}

test('a batch is so many items, or so many bytes, and one item however large', async () => {
  const queue = queueOf(1, 1, 1, 1, 6, 4, 25, 2)
  const batches = [await queue.take(), await queue.take(), await queue.take(), await queue.take()]
  expect(batches).toEqual([[1, 1, 1], [1, 6], [4], [25]])
  queue.end()
  expect([await queue.take(), await queue.take()]).toEqual([[2], []])
})

test('there is room while less than two batches wait, by either measure', async () => {
  for (const items of [
    [1, 1, 1, 1, 1, 1],
    [10, 10],
  ]) {
    const queue = queueOf(...items)
    let hasRoom = false
    const waiting = queue.hasRoom().then(() => (hasRoom = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(hasRoom).toBe(false)
    await queue.take()
    await waiting
  }
  await queueOf(10, 9).hasRoom()
})

test('whoever waits for items or for room goes on when it ends', async () => {
  const [empty, full] = [queueOf(), queueOf(10, 10)]
  const [taken, room] = [empty.take(), full.hasRoom()]
  empty.end()
  full.end()
  expect(await taken).toEqual([])
  await room
})
