import type { Transfer } from '../../../shared/contract/centre-api.ts'
import type { transferLeg } from '../../store/tables.ts'

export type Leg = Omit<typeof transferLeg.$inferSelect, 'body'> & {
  /** When the goods are due, where that was said. */
  readonly dueAt: string | null
}

/** A transfer of which nobody said when it is due is overdue after a day. */
const OVERDUE_MS = 86_400_000

/** One line per transfer and sku, netted in whatever order its halves were heard of. */
export function transfersOf(
  legs: readonly Leg[],
  regionOf: (node: string) => string | null,
  now: number,
): Transfer[] {
  const groups = Map.groupBy(legs, (leg) => `${leg.transfer}\n${leg.sku}`)
  return [...groups.values()].map((group) => transferOf(group, regionOf, now))
}

function transferOf(legs: readonly Leg[], regionOf: (node: string) => string | null, now: number): Transfer {
  const [sent, arrived] = [legs.filter((leg) => leg.isShipped), legs.filter((leg) => !leg.isShipped)]
  const [shipped, received] = [total(sent), total(arrived)]
  const any = legs[0]!
  const fromNode = sent[0]?.fromNode ?? any.fromNode
  const [fromRegion, toRegion] = [fromNode === null ? null : regionOf(fromNode), regionOf(any.toNode)]
  const crosses = fromRegion !== null && toRegion !== null && fromRegion !== toRegion
  const shippedAt = sent.length > 0 ? earliest(sent) : null
  const dueAt = latestDue(sent)
  return {
    transfer: any.transfer,
    sku: any.sku,
    fromRegion: fromRegion as Transfer['fromRegion'],
    toRegion: toRegion as Transfer['toRegion'],
    fromNode,
    toNode: any.toNode,
    shipped,
    received,
    dueAt,
    state: stateOf(shipped, received, isOverdue(shippedAt, dueAt, now)),
    shippedAt,
    receivedAt: arrived.length > 0 ? earliest(arrived) : null,
    forwarded: crosses && sent.length > 0 ? sent.every((leg) => leg.forwardedAt !== null) : null,
  }
}

function isOverdue(shippedAt: string | null, dueAt: string | null, now: number): boolean {
  if (dueAt !== null) return now > Date.parse(dueAt)
  return shippedAt !== null && now - Date.parse(shippedAt) > OVERDUE_MS
}

function stateOf(shipped: number, received: number, overdue: boolean): Transfer['state'] {
  if (shipped === 0) return 'unshipped'
  if (received > shipped) return 'over-received'
  if (received === shipped) return 'received'
  if (overdue) return 'overdue'
  return received > 0 ? 'short' : 'open'
}

/** Of several shipments, when the last of them is due. */
function latestDue(sent: readonly Leg[]): string | null {
  const due = sent.flatMap(({ dueAt }) => (dueAt === null ? [] : Date.parse(dueAt)))
  return due.length === 0 ? null : new Date(Math.max(...due)).toISOString()
}

const total = (legs: readonly Leg[]): number => legs.reduce((sum, { quantity }) => sum + quantity, 0)
const earliest = (legs: readonly Leg[]): string =>
  new Date(Math.min(...legs.map(({ at }) => Date.parse(at)))).toISOString()
