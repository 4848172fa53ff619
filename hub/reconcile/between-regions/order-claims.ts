import { inArray, sql } from '../../store/drizzle.ts'
import type { Fact } from '../../../shared/contract/events.ts'
import type { HeartbeatReport } from '../../../shared/contract/reports.ts'
import type { Database } from '../../store/database.ts'
import type { VarianceRow } from '../../store/save-variances.ts'
import { orderClaim } from '../../store/tables.ts'
import { type CameRight, type Found, settle } from '../standing.ts'

type Claim = typeof orderClaim.$inferSelect

const CANCELLED = 'cancelled'
const isReservation = (via: string): boolean => via.startsWith('reservation/')
const ROWS_MAX = 1_000

/** What a fact or decision says of who holds stock for an order; null for all others. */
function claimOf(region: string, { type, time, source, data }: Fact): Claim | null {
  const of = (orderRef: string, via: string, isOpen: boolean): Claim => ({
    orderRef,
    region,
    via,
    isOpen,
    since: time,
  })
  switch (type) {
    case 'plimsoll.order.accepted':
      return of(data.orderRef, source, true)
    case 'plimsoll.order.changed':
      // A source that tells the whole of it may call it off so, and open it again.
      return data.isWhole === true || data.mayReopen === true
        ? of(
            data.orderRef,
            source,
            data.lines.some(({ quantity }) => quantity > 0),
          )
        : null
    case 'plimsoll.order.cancelled':
      return data.lines === undefined ? of(data.orderRef, CANCELLED, false) : null
    case 'plimsoll.reservation.made':
      return of(data.orderRef, `reservation/${data.reservation}`, true)
    case 'plimsoll.reservation.released':
    case 'plimsoll.reservation.expired':
      return of(data.orderRef, `reservation/${data.reservation}`, false)
    default:
      return null
  }
}

/** Keeps who holds stock for the orders that these are about, and judges them. */
export async function takeClaims(
  db: Database,
  region: string,
  facts: readonly Fact[],
  now: string,
): Promise<void> {
  const claims = new Map<string, Claim>()
  for (const fact of facts) {
    const claim = claimOf(region, fact)
    if (claim) claims.set(`${claim.orderRef}\n${claim.via}`, claim)
  }
  const rows = [...claims.values()]
  for (let at = 0; at < rows.length; at += ROWS_MAX) {
    const page = rows.slice(at, at + ROWS_MAX)
    await db
      .insert(orderClaim)
      .values(page)
      .onConflictDoUpdate({
        target: [orderClaim.orderRef, orderClaim.region, orderClaim.via],
        set: { isOpen: IS_OPEN, since: SINCE },
      })
    await judgeClaims(db, [...new Set(page.map(({ orderRef }) => orderRef))], now)
  }
}

/**
 * What is over stays so, in whatever order it is heard of; but a source's own word on its order is its latest. A claim is as old as the
 * word that opened it.
 */
const IS_LATER = sql`excluded.is_open <> ${orderClaim.isOpen} and excluded.since >= ${orderClaim.since}`
const IS_SOURCE = sql`${orderClaim.via} <> ${CANCELLED} and ${orderClaim.via} not like 'reservation/%'`
const IS_OPEN = sql`case when ${IS_SOURCE} then (case when ${IS_LATER} then excluded.is_open else ${orderClaim.isOpen} end)
  else ${orderClaim.isOpen} and excluded.is_open end`
const SINCE = sql`case when ${IS_SOURCE} and ${IS_LATER} then excluded.since else ${orderClaim.since} end`

/** Only orders that somebody else claims as well can be claimed twice, or have been. */
async function judgeClaims(db: Database, orderRefs: readonly string[], now: string): Promise<void> {
  const claims = await db
    .select()
    .from(orderClaim)
    .where(inArray(orderClaim.orderRef, [...orderRefs]))
  const shared = [...Map.groupBy(claims, ({ orderRef }) => orderRef)].filter(([, of]) => of.length > 1)
  if (shared.length === 0) return
  const keys = shared.flatMap(([orderRef, of]) => [
    `order/${orderRef}`,
    ...new Set(of.map(({ region }) => `order/${orderRef}/${region}`)),
  ])
  const found = shared.flatMap(([, of]) => findOrder(of))
  await settle(db, { kind: 'order', keys }, found, orderCameRight, now)
}

/**
 * An order that more than one region holds stock for, or that more than one system told a region of. The second counts
 * once there; the first keeps stock from sale until one of them lets go. Pure.
 */
export function findOrder(claims: readonly Claim[]): Found[] {
  const held = [...Map.groupBy(claims, ({ region }) => region)]
    .filter(([, of]) => of.some(({ isOpen }) => isOpen) && of.every(({ via }) => via !== CANCELLED))
    .map(([region, of]) => ({
      region,
      since: of.map(({ since }) => since).sort()[0]!,
      via: of.filter(({ isOpen }) => isOpen).map(({ via }) => via),
    }))
    .sort((a, b) => (a.since < b.since ? -1 : 1))
  const orderRef = claims[0]!.orderRef
  const of = { kind: 'order', class: 'duplicate', subject: orderRef, settlesAfterMs: 0 } as const
  const found: Found[] = []
  if (held.length > 1) {
    // Who took it last is asked to let go.
    const { region } = held[held.length - 1]!
    const said = `${held.map((it) => it.region).join(' and ')} hold stock for it`
    const evidence = { regions: held }
    found.push({ ...of, key: `order/${orderRef}`, region, difference: held.length - 1, evidence, said })
  }
  for (const { region, via } of held) {
    const tellers = via.filter((it) => !isReservation(it))
    if (tellers.length < 2) continue
    found.push({
      ...of,
      key: `order/${orderRef}/${region}`,
      region,
      difference: tellers.length - 1,
      evidence: { tellers, countsOnce: true },
      said: `${tellers.join(' and ')} told of it; it counts once`,
    })
  }
  return found
}

export const orderCameRight = ({ evidence }: VarianceRow): CameRight =>
  'countsOnce' in (evidence as object)
    ? { state: 'converged', detail: 'it counts once' }
    : { state: 'converged', detail: 'only one region holds stock for it' }

/** Orders that were reserved once more under another request: the region has merged the two. Pure. */
export const findReservedAgain = ({ region, reservedAgain }: HeartbeatReport): Found[] =>
  reservedAgain.map(({ orderRef, reservation, times, at }) => ({
    key: `order/${orderRef}/${region}/again`,
    region,
    kind: 'order',
    class: 'duplicate',
    subject: orderRef,
    settlesAfterMs: 0,
    difference: times,
    evidence: { reservation, reservedAgainAt: at, countsOnce: true },
    said: `it was reserved ${times === 1 ? 'once more' : `${times} times more`} by another request; it counts once`,
  }))
