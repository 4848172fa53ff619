import { expect, test } from 'vitest'
import { compareDigests } from './edge-drift.ts'

const ledger = { epoch: 1, version: 7, digests: ['a', 'b', '', 'd'] }
const edge = (digests: string[], version = 7, epoch = 1) => ({ region: 'eu', epoch, version, digests })

test('shards agree or differ by digest, and one whose changes still wait is not compared', () => {
  expect(compareDigests(ledger, edge(['a', 'B', 'x', 'd']))).toEqual({ equal: [0, 3], differing: [1] })
})

test('a shard that the edge does not have differs', () => {
  expect(compareDigests(ledger, edge(['a', 'b']))).toEqual({ equal: [0, 1], differing: [3] })
})

test('another version or writer is a push on its way, and no difference', () => {
  expect(compareDigests(ledger, edge(['x'], 8))).toBeNull()
  expect(compareDigests(ledger, edge(['x'], 7, 2))).toBeNull()
})
