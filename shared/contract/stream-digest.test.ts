import { expect, test } from 'vitest'
import type { Fact } from './events.ts'
import { RunningDigest } from './stream-digest.ts'

const received = (id: string, quantity: number): Fact =>
  ({
    source: 'wms',
    id,
    type: 'plimsoll.stock.received',
    subject: 'X',
    data: { node: 'ber1', quantity },
  }) as unknown as Fact
const elected = {
  type: 'plimsoll.leader.elected',
  id: 'l',
  source: 'hub',
  data: { epoch: 1 },
} as unknown as Fact

const digestOf = (...messages: Fact[][]) => {
  const digest = new RunningDigest(0)
  messages.forEach((facts, i) => digest.addFacts(i + 1, facts))
  return digest
}
const [a, b] = [received('a', 1), received('b', 2)]

test('the same facts have one digest, however they were packed; another id, content or number has another', () => {
  const { count, sum } = digestOf([a!, b!]).told()
  expect(count).toBe(2)
  expect(digestOf([b!], [a!]).told()).toMatchObject({ count, sum })
  expect(digestOf([a!, received('c', 2)]).told().sum).not.toBe(sum)
  expect(digestOf([a!, received('b', 3)]).told().sum).not.toBe(sum)
  expect(digestOf([a!, b!, b!]).told()).toMatchObject({ count: 3 })
})

test('who leads is no fact, and a digest goes on where it was written down', () => {
  const told = digestOf([a!, elected]).told()
  expect(told).toMatchObject({ from: 0, sequence: 1, count: 1 })
  const resumed = RunningDigest.resumed(told)
  resumed.addFacts(2, [b!])
  expect(resumed.told()).toEqual({ ...digestOf([a!], [b!]).told() })
})
