import { expect, test } from 'vitest'
import type { Transfer } from '../../../shared/contract/centre-api.ts'
import { findTransfers, transferCameRight } from './find-transfers.ts'

const transfer = (more: Partial<Transfer>): Transfer => ({
  transfer: 'T1',
  sku: 'X',
  fromRegion: 'eu' as never,
  toRegion: 'us' as never,
  fromNode: 'ber1',
  toNode: 'nyc1',
  shipped: 10,
  received: 0,
  state: 'open',
  shippedAt: '2026-11-23T12:00:00.000Z',
  dueAt: null,
  receivedAt: null,
  forwarded: true,
  ...more,
})
const find = (more: Partial<Transfer>) => findTransfers([transfer(more)])

test('goods on their way are no difference, nor is a part of them that has arrived', () => {
  expect(find({})).toEqual([])
  expect(find({ state: 'short', received: 4 })).toEqual([])
  expect(find({ state: 'received', received: 10 })).toEqual([])
})

test('a receipt that is late is a missing event where the goods go to, by what is missing', () => {
  expect(find({ state: 'overdue', received: 4 })).toMatchObject([
    {
      region: 'us',
      kind: 'transfer',
      class: 'missing-event',
      difference: -6,
      settlesAfterMs: 0,
      node: 'nyc1',
    },
  ])
  expect(transferCameRight({ class: 'missing-event' }).state).toBe('replayed')
})

test('goods that nobody sent, and more than was sent, are found when the other half had its time', () => {
  expect(find({ state: 'unshipped', shipped: 0, received: 10, fromRegion: null })).toMatchObject([
    { class: 'missing-event', difference: 10, settlesAfterMs: 60_000 },
  ])
  expect(find({ state: 'over-received', received: 13 })).toMatchObject([{ class: 'unknown', difference: 3 }])
})

test('as much again as was sent is a receipt that was told twice', () => {
  expect(find({ state: 'over-received', received: 20 })).toMatchObject([
    { class: 'duplicate', difference: 10 },
  ])
})

test('where neither end is known nobody can be asked', () => {
  expect(find({ state: 'overdue', fromRegion: null, toRegion: null })).toEqual([])
})
