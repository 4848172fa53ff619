import type { RegionOverview, Transfer } from '../../shared/contract/centre-api.ts'
import type { HeartbeatReport, SourceCondition } from '../../shared/contract/reports.ts'
import type { Variance } from '../../shared/contract/variance-api.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import type { Measure } from './alert-engine.ts'

/** What is known of a region at a moment. */
export type Sighting = {
  readonly region: string
  readonly link: RegionOverview['link']
  readonly heartbeat: HeartbeatReport | null
  /** By the centre's clock; null when nothing was heard since it started. */
  readonly heardAt: Instant | null
  readonly intakePending: number
  readonly exceptionsLastMinute: number
  /** The most valuable and the oldest that are open and settled. */
  readonly variances: readonly Variance[]
  readonly transfers: readonly Transfer[]
  readonly now: Instant
}

type Found = Omit<Measure, 'region'>

/** Of one kind, the worst ones: a thousand skus that are short are one fault, and one message. */
const SUBJECTS_MAX = 20
/** What nobody said is due is due a day after it was sent. */
const TRANSFER_WITHIN_MS = 86_400_000
/** A channel that sells tells of an order more often than that. */
const CHANNEL_LATE_AFTER_MS = 30 * 60_000
const CHANNEL_DOWN_AFTER_MS = 4 * 3_600_000

/** How bad everything is that the rules look at. Pure. */
export function measuresOf(sighting: Sighting): Measure[] {
  const { region, link, heartbeat } = sighting
  const silent = silence(sighting)
  // Of a region that is not heard nothing else is known.
  const found =
    link === 'silent' || link === 'never' || !heartbeat ? silent : [...silent, ...heard(sighting, heartbeat)]
  return found.map((it) => ({ ...it, region }))
}

function silence({ region, link, heartbeat, heardAt, now }: Sighting): Found[] {
  const since = heardAt ?? (heartbeat ? Date.parse(heartbeat.at) : null)
  if ((link !== 'silent' && link !== 'never') || since === null) return []
  const level = now - since
  return [one('region-silent', '', level, `region ${region} was last heard ${seconds(level)} ago`)]
}

function heard(sighting: Sighting, heartbeat: HeartbeatReport): Found[] {
  return [
    ...shortStock(heartbeat),
    ...thinStock(heartbeat, sighting.now),
    ...sources(heartbeat, sighting.now),
    ...edge(heartbeat, sighting.now),
    ...queues(sighting, heartbeat),
    ...exceptions(sighting),
    ...systems(heartbeat),
    ...feeds(heartbeat),
    ...variances(sighting),
    ...transfers(sighting),
  ]
}

const shortStock = ({ stock }: HeartbeatReport): Found[] =>
  stock.short
    .slice(0, SUBJECTS_MAX)
    .map(({ sku, node, units }) =>
      one(
        'negative-ats',
        node === null ? sku : `${sku}@${node}`,
        units,
        `${units} of ${sku} are promised ${node === null ? '' : `at ${node} `}beyond what lies there`,
        { sku, ...(node === null ? {} : { node }), skusShort: String(stock.shortCount) },
      ),
    )

/** Days of cover against lag: what sells out before a channel hears of it may be sold twice. */
function thinStock({ stock, edge: { acknowledgedAt } }: HeartbeatReport, now: Instant): Found[] {
  const lagMs = acknowledgedAt === null ? 0 : Math.max(0, now - Date.parse(acknowledgedAt))
  return stock.thin.slice(0, SUBJECTS_MAX).map(({ sku, coverMs, availableToSell, freshForMs, tier }) => {
    const late = Math.max(freshForMs, lagMs)
    const summary = `${availableToSell} of ${sku} last ${seconds(coverMs)}, and a figure may be ${seconds(late)} old`
    return one('oversell-risk', sku, late / Math.max(1, coverMs), summary, { sku, tier })
  })
}

function sources({ sources: words }: HeartbeatReport, now: Instant): Found[] {
  return words.flatMap(({ source, role, condition, heardAt }) => {
    const standing = role === 'channel' ? orderFeed(heardAt, now) : condition
    if (standing === 'fresh') return []
    const since = heardAt === null ? 'ever' : `since ${heardAt}`
    const summary = `${source} is ${standing}: nothing was heard ${since}`
    return one('source-stale', source, standing === 'down' ? 2 : 1, summary, { source, role })
  })
}

/** A channel keeps no stock that could be late; its orders are missed when none came for long. */
function orderFeed(heardAt: string | null, now: Instant): SourceCondition {
  const silentMs = heardAt === null ? 0 : now - Date.parse(heardAt)
  if (silentMs >= CHANNEL_DOWN_AFTER_MS) return 'down'
  return silentMs >= CHANNEL_LATE_AFTER_MS ? 'late' : 'fresh'
}

const feeds = ({ feeds: all }: HeartbeatReport): Found[] =>
  all.flatMap(({ channel, status, waiting, oldestMs, lastError }) => {
    if (waiting === 0) return []
    const why = status === 'paused' ? 'the feed is paused' : (lastError ?? status)
    const summary = `${channel} is owed newer figures of ${waiting} skus, the oldest for ${seconds(oldestMs)}: ${why}`
    return one('channel-feed-stale', channel, oldestMs, summary, { channel, status })
  })

function edge({ edge: { acknowledgedAt, dirtySkus } }: HeartbeatReport, now: Instant): Found[] {
  if (acknowledgedAt === null) return []
  const level = Math.max(0, now - Date.parse(acknowledgedAt))
  return [
    one(
      'edge-behind',
      '',
      level,
      `the edge took the last push ${seconds(level)} ago; ${dirtySkus} skus wait`,
    ),
  ]
}

function queues({ intakePending }: Sighting, { factsBehind }: HeartbeatReport): Found[] {
  return [
    one('queue-lag', 'facts', factsBehind, `${factsBehind} messages of FACTS wait for the ledger`),
    one('queue-lag', 'intake', intakePending, `${intakePending} messages wait for the centre's database`),
  ]
}

const exceptions = ({ exceptionsLastMinute }: Sighting): Found[] => [
  one('exception-rate', '', exceptionsLastMinute, `${exceptionsLastMinute} exceptions in the last minute`),
]

const systems = ({ systems: queuesOf }: HeartbeatReport): Found[] =>
  queuesOf.flatMap(({ system, state, waiting, oldestMs }) =>
    state === 'open'
      ? []
      : one(
          'system-throttled',
          system,
          Math.max(1, oldestMs),
          `${system} is ${state}: ${waiting} tasks wait, the oldest for ${seconds(oldestMs)}`,
          {
            system,
            state,
          },
        ),
  )

function variances({ variances: open }: Sighting): Found[] {
  return open.flatMap((it) => {
    const what = [it.kind, it.sku ?? it.source ?? '', it.node ?? '', it.subject]
      .filter((text) => text !== '')
      .join(' ')
    const labels = {
      variance: it.id,
      variance_kind: it.kind,
      variance_class: it.class,
      ...(it.sku === null ? {} : { sku: it.sku }),
    }
    const found: Found[] = [
      one('variance-age', it.id, it.ageMs, `variance of ${what} is open for ${seconds(it.ageMs)}`, labels),
    ]
    if (it.value !== null)
      found.push(
        one(
          'variance-value',
          it.id,
          it.value,
          `variance of ${what} is worth ${MONEY.format(it.value / 100)}`,
          labels,
        ),
      )
    if (it.kind === 'order')
      found.push(
        one(
          'duplicate-reservation',
          it.subject,
          Math.max(1, it.difference),
          it.evidence['countsOnce'] === true
            ? `order ${it.subject} was told more than once; it counts once`
            : `order ${it.subject} is held more than once`,
          labels,
        ),
      )
    return found
  })
}

const transfers = ({ transfers: all, region, now }: Sighting): Found[] =>
  all
    .filter((it) => it.toRegion === region && it.received < it.shipped && it.shippedAt !== null)
    .map((it) => ({
      it,
      level:
        now - (it.dueAt === null ? Date.parse(it.shippedAt!) + TRANSFER_WITHIN_MS : Date.parse(it.dueAt)),
    }))
    .filter(({ level }) => level > 0)
    .sort((a, b) => b.level - a.level)
    .slice(0, SUBJECTS_MAX)
    .map(({ it, level }) =>
      one(
        'transfer-overdue',
        `${it.transfer}/${it.sku}`,
        level,
        `transfer ${it.transfer}: ${it.shipped - it.received} of ${it.sku} are ${seconds(level)} overdue at ${it.toNode}`,
        { transfer: it.transfer, sku: it.sku, node: it.toNode },
      ),
    )

const one = (
  kind: Measure['kind'],
  subject: string,
  level: number,
  summary: string,
  labels: Measure['labels'] = {},
): Found => ({ kind, subject, level, summary, labels })

/** Values are in minor units of a currency. */
const MONEY = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

function seconds(ms: number): string {
  const s = Math.round(ms / 1000)
  if (s < 120) return `${s} s`
  return s < 7_200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3_600)} h`
}
