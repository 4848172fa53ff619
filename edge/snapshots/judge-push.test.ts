import { expect, test } from 'vitest'
import { PushHeader } from '../../shared/contract/push.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { judgePush } from './judge-push.ts'
import type { Head } from './region-store.ts'

const NOON = Date.UTC(2026, 10, 23, 12)
const RULES = { version: 1, allocation: {}, freshForMs: { A: 1, B: 1, C: 1 } }
const TIER_AS_OF = { A: NOON, B: NOON, C: NOON }

const held = (epoch: number, version: number): Head => ({
  revision: 7,
  replacedRevision: 1,
  rulesRevision: 1,
  epoch,
  version,
  asOf: NOON,
  tierAsOf: TIER_AS_OF,
  shardCount: 2,
  rules: RULES,
})

type Ask = {
  epoch: number
  from: number
  to: number
  later?: number
  shards?: number
  shardCount?: number
  part?: 'more' | 'last'
}

function push({ epoch, from, to, later = 0, shards = 0, shardCount = 2, part }: Ask): PushHeader {
  const asOf = formatInstant(NOON + later)
  return PushHeader.parse({
    format: 1,
    region: 'eu',
    epoch,
    fromVersion: from,
    toVersion: to,
    asOf,
    tierAsOf: { A: asOf, B: asOf, C: asOf },
    shardCount,
    part,
    hotBytes: 0,
    shards: Array.from({ length: shards }, (_, shard) => ({ shard, version: to, bytes: 1 })),
  })
}

const onward = { kind: 'apply', replacesAll: false }
const afresh = { kind: 'apply', replacesAll: true }
const gap = { kind: 'gap' }
const stage = { kind: 'stage' }
const repeated = { kind: 'repeated' }
const incomplete = { kind: 'incomplete' }

test.each<[string, Head | null, Ask, object]>([
  ['nothing held: everything from 0', null, { epoch: 1, from: 0, to: 5, shards: 2 }, afresh],
  ['nothing held: not everything', null, { epoch: 1, from: 0, to: 5, shards: 1 }, incomplete],
  ['nothing held: a part', null, { epoch: 1, from: 0, to: 5, shards: 1, part: 'more' }, stage],
  ['nothing held: the last part', null, { epoch: 1, from: 0, to: 5, shards: 1, part: 'last' }, afresh],
  ['a part of a new writer', held(2, 5), { epoch: 3, from: 0, to: 5, shards: 1, part: 'more' }, stage],
  ['a part of a replaced writer', held(2, 5), { epoch: 1, from: 0, to: 9, shards: 1, part: 'more' }, gap],
  ['a part that is over', held(2, 5), { epoch: 2, from: 0, to: 5, shards: 1, part: 'more' }, repeated],
  ['a part that follows on', held(2, 5), { epoch: 3, from: 5, to: 6, shards: 1, part: 'more' }, gap],
  ['nothing held: a later push', null, { epoch: 1, from: 3, to: 5 }, gap],
  ['the next push', held(2, 5), { epoch: 2, from: 5, to: 6, shards: 1 }, onward],
  ['a heartbeat', held(2, 5), { epoch: 2, from: 5, to: 5, later: 1 }, onward],
  ['the same heartbeat again', held(2, 5), { epoch: 2, from: 5, to: 5 }, repeated],
  ['a heartbeat that was overtaken', held(2, 5), { epoch: 2, from: 5, to: 5, later: -1 }, repeated],
  ['a push that is already here', held(2, 5), { epoch: 2, from: 4, to: 5 }, repeated],
  ['an older push', held(2, 5), { epoch: 2, from: 2, to: 3, later: 9 }, repeated],
  ['an older full push', held(2, 5), { epoch: 2, from: 0, to: 3, later: 9, shards: 2 }, repeated],
  ['one that skips', held(2, 5), { epoch: 2, from: 6, to: 7 }, gap],
  ['one that overlaps', held(2, 5), { epoch: 2, from: 4, to: 7, later: 1 }, gap],
  ['a repair at the version held', held(2, 5), { epoch: 2, from: 0, to: 5, later: 1, shards: 2 }, afresh],
  ['the same repair again', held(2, 5), { epoch: 2, from: 0, to: 5, shards: 2 }, repeated],
  ['another shard count, onward', held(2, 5), { epoch: 2, from: 5, to: 6, shardCount: 4 }, incomplete],
  ['another shard count, afresh', held(2, 5), { epoch: 2, from: 0, to: 6, shards: 4, shardCount: 4 }, afresh],
  ['a replaced writer', held(2, 5), { epoch: 1, from: 5, to: 6 }, gap],
  ['a replaced writer with everything', held(2, 5), { epoch: 1, from: 0, to: 9, shards: 2 }, gap],
  ['a new writer that goes on', held(2, 5), { epoch: 3, from: 5, to: 6 }, gap],
  ['a new writer with everything', held(2, 5), { epoch: 3, from: 0, to: 4, shards: 2 }, afresh],
  ['a heartbeat of a region without facts', held(2, 0), { epoch: 2, from: 0, to: 0, later: 1 }, onward],
  ['the first facts of such a region', held(2, 0), { epoch: 2, from: 0, to: 3, shards: 1 }, onward],
])('%s', (_, head, ask, verdict) => expect(judgePush(head, push(ask))).toMatchObject(verdict))
