import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { FeedStatus } from '../../shared/contract/feed-api.ts'
import type { HeartbeatReport } from '../../shared/contract/reports.ts'
import type { Transfer } from '../../shared/contract/centre-api.ts'
import type { Variance } from '../../shared/contract/variance-api.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { heartbeat } from '../../tests/support/heartbeat.ts'
import { RULES_DEFAULT } from './alert-rule.ts'
import { measuresOf, type Sighting } from './measures.ts'

const NOW = Date.parse('2026-11-26T10:00:00.000Z')
const ago = (ms: number): string => formatInstant(NOW - ms)

const EDGE = { version: 1, acknowledgedAt: ago(1_000), dirtySkus: 0, eventsIn: 0, rowsOut: 1 }
const beat = (more: Partial<HeartbeatReport> = {}): HeartbeatReport =>
  heartbeat({ at: ago(500), edge: EDGE, ...more })
const see = (more: Partial<Sighting> = {}): Sighting => ({
  region: 'eu',
  link: 'live',
  heartbeat: beat(),
  heardAt: NOW - 500,
  intakePending: 0,
  exceptionsLastMinute: 0,
  variances: [],
  transfers: [],
  now: NOW,
  ...more,
})
/** What would fire at once, by the rules as they are. */
const raised = (sighting: Sighting): string[] =>
  measuresOf(sighting)
    .filter(({ kind, level }) => level >= RULES_DEFAULT[kind].raise)
    .map(({ kind, subject }) => (subject === '' ? kind : `${kind} ${subject}`))

const word = (source: string, role: string, condition: string, heardAt: string) =>
  ({
    source,
    role,
    condition,
    heardAt,
    facts: 1,
    lastFactAt: heardAt,
    highestSequence: null,
    missing: [],
  }) as never
const fed = (
  channel: string,
  status: FeedStatus['status'],
  waiting: number,
  oldestMs: number,
): FeedStatus => ({
  channel: channel as FeedStatus['channel'],
  kind: 'webhook',
  source: channel as FeedStatus['source'],
  status,
  lastDeliveredAt: null,
  waiting,
  oldestMs,
  delivered: 0,
  refused: 0,
  failed: 0,
  lastError: status === 'down' ? 'HTTP 500' : null,
  waitsUntil: null,
})
const variance = (more: object): Variance =>
  ({
    id: 'v1',
    kind: 'count',
    evidence: {},
    class: 'unknown',
    sku: 'X',
    source: 'erp',
    node: 'ber1',
    subject: 'onHand',
    difference: -3,
    value: null,
    ageMs: 60_000,
    ...more,
  }) as Variance
const transfer = (more: Partial<Transfer>): Transfer =>
  ({
    transfer: 'T1',
    sku: 'X',
    toRegion: 'eu',
    toNode: 'ber1',
    shipped: 5,
    received: 0,
    shippedAt: ago(3_600_000),
    dueAt: null,
    ...more,
  }) as Transfer

describe('all is well', () => {
  test('and nobody is called', () => expect(raised(see())).toEqual([]))
  test('with a little of everything', () => {
    const heartbeat = beat({
      factsBehind: 500,
      edge: { version: 1, acknowledgedAt: ago(9_000), dirtySkus: 40, eventsIn: 0, rowsOut: 1 },
      sources: [word('shop', 'channel', 'fresh', ago(600_000)), word('wms', 'wms', 'fresh', ago(600_000))],
      systems: [{ system: 'erp', state: 'throttled', waiting: 3, stuck: 0, oldestMs: 900 }],
      feeds: [fed('amazon', 'ok', 40, 9_000), fed('shop', 'down', 0, 0)],
      stock: {
        short: [],
        shortCount: 0,
        thin: [{ sku: 'X' as never, tier: 'A', availableToSell: 9, coverMs: 3_000_000, freshForMs: 5_000 }],
      },
    })
    const variances = [variance({ value: 900, ageMs: 600_000 })]
    const transfers = [
      transfer({}),
      transfer({ dueAt: ago(-1_000) }),
      transfer({ received: 5, dueAt: ago(9e8) }),
    ]
    expect(raised(see({ heartbeat, exceptionsLastMinute: 2, variances, transfers }))).toEqual([])
  })
})

describe('people are called for', () => {
  test.each<[string, Partial<Sighting>]>([
    ['region-silent', { link: 'silent', heardAt: NOW - 20_000 }],
    ['exception-rate', { exceptionsLastMinute: 11 }],
    ['queue-lag intake', { intakePending: 10_000 }],
    ['queue-lag facts', { heartbeat: beat({ factsBehind: 20_000 }) }],
    [
      'edge-behind',
      {
        heartbeat: beat({
          edge: { version: 1, acknowledgedAt: ago(31_000), dirtySkus: 9, eventsIn: 0, rowsOut: 1 },
        }),
      },
    ],
    ['source-stale wms', { heartbeat: beat({ sources: [word('wms', 'wms', 'late', ago(1_900_000))] }) }],
    [
      'source-stale shop',
      { heartbeat: beat({ sources: [word('shop', 'channel', 'fresh', ago(1_900_000))] }) },
    ],
    ['channel-feed-stale amazon', { heartbeat: beat({ feeds: [fed('amazon', 'down', 3, 400_000)] }) }],
    ['channel-feed-stale shop', { heartbeat: beat({ feeds: [fed('shop', 'paused', 1, 400_000)] }) }],
    [
      'negative-ats X@ber1',
      {
        heartbeat: beat({
          stock: { short: [{ sku: 'X', node: 'ber1', units: 2 }] as never, shortCount: 1, thin: [] },
        }),
      },
    ],
    [
      'oversell-risk X',
      {
        heartbeat: beat({
          stock: {
            short: [],
            shortCount: 0,
            thin: [{ sku: 'X' as never, tier: 'B', availableToSell: 3, coverMs: 20_000, freshForMs: 30_000 }],
          },
        }),
      },
    ],
    [
      'system-throttled erp',
      {
        heartbeat: beat({
          systems: [{ system: 'erp', state: 'down', waiting: 9, stuck: 0, oldestMs: 31_000 }],
        }),
      },
    ],
    ['variance-value v1', { variances: [variance({ value: 100_000 })] }],
    ['variance-age v1', { variances: [variance({ ageMs: 14_400_000 })] }],
    [
      'duplicate-reservation web:1',
      { variances: [variance({ kind: 'order', subject: 'web:1', difference: 1 })] },
    ],
    ['transfer-overdue T1/X', { transfers: [transfer({ dueAt: ago(1_000) })] }],
    ['transfer-overdue T1/X', { transfers: [transfer({ shippedAt: ago(86_401_000) })] }],
  ])('%s', (what, more) => expect(raised(see(more))).toEqual([what]))

  test('what a silent region was ill of is not known while it is silent', () => {
    expect(raised(see({ link: 'silent', heardAt: NOW - 20_000, exceptionsLastMinute: 99 }))).toEqual([
      'region-silent',
    ])
  })
  test('the stock that sells out while the edge is cut off', () => {
    const thin = [
      { sku: 'X' as never, tier: 'A' as const, availableToSell: 9, coverMs: 20_000, freshForMs: 5_000 },
    ]
    const stock = { short: [], shortCount: 0, thin }
    expect(raised(see({ heartbeat: beat({ stock }) }))).toEqual([])
    const edge = { version: 1, acknowledgedAt: ago(25_000), dirtySkus: 9, eventsIn: 0, rowsOut: 1 }
    expect(raised(see({ heartbeat: beat({ stock, edge }) }))).toEqual(['oversell-risk X'])
  })
})

test('there is a runbook for every kind of alert', () => {
  const isMissing = (page: string) => !existsSync(new URL(`../../docs/runbooks/${page}.md`, import.meta.url))
  expect(Object.values(RULES_DEFAULT).filter(({ runbook }) => isMissing(runbook))).toEqual([])
})
