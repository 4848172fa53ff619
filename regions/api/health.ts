import type { FeedStatus } from '../../shared/contract/feed-api.ts'
import type { SystemQueue } from '../orders/order-runner.ts'
import type { RegionHub } from '../region-hub.ts'
import { problem } from '../../shared/node/http.ts'
import type { RegionApp } from './region-app.ts'

/** Not ready while this much of FACTS is still to be folded: answers would be of the past. */
const BEHIND_MAX = 10_000

type Gauge = [name: string, help: string, value: number]

function gaugesOf(leading: RegionHub['leading']): Gauge[] {
  if (!leading) return []
  const { publisher, desk } = leading
  const edge = publisher.status()
  return [
    ['plimsoll_edge_version', 'Version that the edge acknowledged', edge.version],
    ['plimsoll_edge_dirty_skus', 'Skus that wait to travel to the edge', edge.dirtySkus],
    ['plimsoll_edge_held_skus', 'Of them those that stay within their band', edge.heldSkus],
    ['plimsoll_edge_events_in', 'Journal entries since this process writes', edge.eventsIn],
    ['plimsoll_edge_rows_out', 'Rows and shards written to the edge for them', edge.rowsOut],
    ['plimsoll_edge_compaction', 'Events in for each row out', edge.compaction ?? 0],
    ['plimsoll_edge_push_ms', 'Milliseconds that a push takes', edge.pushMs],
    ['plimsoll_edge_paused', 'Whether pushes are paused', edge.state === 'paused' ? 1 : 0],
    ['plimsoll_decisions_waiting', 'Requests that wait to be decided', desk.queued],
  ]
}

/** Of each channel that is fed. */
const FEED_GAUGES: [name: string, help: string, value: (feed: FeedStatus) => number][] = [
  ['plimsoll_feed_up', 'Whether the channel takes its figures', ({ status }) => (status === 'down' ? 0 : 1)],
  ['plimsoll_feed_paused', 'Whether the feed is paused', ({ status }) => (status === 'paused' ? 1 : 0)],
  ['plimsoll_feed_waiting', 'Skus of which the channel is owed a newer figure', ({ waiting }) => waiting],
  ['plimsoll_feed_oldest_ms', 'Milliseconds that the oldest of them waits', ({ oldestMs }) => oldestMs],
  ['plimsoll_feed_delivered', 'Figures taken since this process writes', ({ delivered }) => delivered],
  ['plimsoll_feed_refused', 'Figures refused since then', ({ refused }) => refused],
  ['plimsoll_feed_failed', 'Calls that came to nothing since then', ({ failed }) => failed],
]

/** Of each system that is told of orders. */
const SYSTEM_GAUGES: [name: string, help: string, value: (queue: SystemQueue) => number][] = [
  ['plimsoll_system_up', 'Whether the system answers', ({ state }) => (state === 'down' ? 0 : 1)],
  ['plimsoll_system_waiting', 'Words on orders that wait for it', ({ waiting }) => waiting],
  ['plimsoll_system_oldest_ms', 'Milliseconds that the oldest of them waits', ({ oldestMs }) => oldestMs],
  ['plimsoll_system_stuck', 'Parts of orders that it would not take', ({ stuck }) => stuck],
]

/** A line each of those that are told apart by a label. */
function linesOf<T>(
  gauges: readonly [name: string, help: string, value: (one: T) => number][],
  all: readonly T[],
  labelsOf: (one: T) => string,
): string[] {
  if (all.length === 0) return []
  return gauges.flatMap(([name, help, value]) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...all.map((one) => `${name}{${labelsOf(one)}} ${value(one)}`),
  ])
}

export function addHealth(app: RegionApp, hub: RegionHub): void {
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const behind = await hub.loop.behind()
    if (behind > BEHIND_MAX)
      return problem(c, 'not-ready', { detail: `${behind} messages of FACTS are still to be folded` })
    return c.json({
      status: 'ready',
      region: hub.region,
      role: hub.leading ? 'writer' : 'standby',
      epoch: hub.leading?.epoch ?? null,
      version: hub.writer.ledger.sequence,
    })
  })
  app.get('/metrics', async (c) => {
    const { ledger } = hub.writer
    const gauges: Gauge[] = [
      ['plimsoll_facts_applied', 'Facts that took effect', ledger.sequence],
      ['plimsoll_facts_duplicate', 'Facts that were known already, since the start', ledger.duplicates],
      ['plimsoll_facts_behind', 'Messages of FACTS that are not folded yet', await hub.loop.behind()],
      ['plimsoll_exceptions_open', 'Dead letters that wait for someone', hub.exceptions.countOpen()],
      [
        'plimsoll_journal_altered',
        'Whether an entry of the journal is not what was written',
        hub.journalWatch.check.altered === null ? 0 : 1,
      ],
      ['plimsoll_writer', 'Whether this process writes for the region', hub.leading ? 1 : 0],
      ...gaugesOf(hub.leading),
    ]
    const lines = gauges.flatMap(([name, help, value]) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} gauge`,
      `${name}{region="${hub.region}"} ${value}`,
    ])
    const labelled = (label: string, name: string): string => `region="${hub.region}",${label}="${name}"`
    const { feeds, orders } = hub.leading ?? {}
    lines.push(
      ...linesOf(FEED_GAUGES, feeds?.statuses() ?? [], ({ channel }) => labelled('channel', channel)),
      ...linesOf(SYSTEM_GAUGES, orders?.queues() ?? [], ({ system }) => labelled('system', system)),
    )
    return c.text(`${lines.join('\n')}\n`)
  })
}
