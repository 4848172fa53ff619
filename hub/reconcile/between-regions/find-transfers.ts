import type { Transfer } from '../../../shared/contract/centre-api.ts'
import type { VarianceRow } from '../../store/save-variances.ts'
import type { CameRight, Found } from '../standing.ts'

/** The other half of what was told first is told within this, or it is missed. */
const OTHER_HALF_WITHIN_MS = 60_000

/**
 * Transfers whose halves do not fit. Pure.
 *
 *   late, in part or whole     the receipt is missing, or the goods are: both are told of by it
 *   more arrived than was sent, or nothing was sent     after the time that the other half may take
 *   on its way                 no difference
 */
export const findTransfers = (transfers: readonly Transfer[]): Found[] => transfers.flatMap(findTransfer)

function findTransfer(it: Transfer): Found[] {
  const region = it.toRegion ?? it.fromRegion
  if (region === null) return []
  const {
    transfer,
    sku,
    shipped,
    received,
    state,
    fromNode,
    toNode,
    dueAt,
    shippedAt,
    receivedAt,
    forwarded,
  } = it
  const of = {
    key: `transfer/${transfer}/${sku}`,
    region,
    kind: 'transfer',
    subject: transfer,
    sku,
    node: toNode,
    difference: received - shipped,
    evidence: { shipped, received, fromNode, toNode, dueAt, shippedAt, receivedAt, forwarded },
  } as const
  const units = Math.abs(received - shipped)
  if (state === 'overdue') {
    const said = `${units} of ${sku} did not arrive at ${toNode} by ${dueAt ?? 'the day after they left'}`
    return [{ ...of, class: 'missing-event', settlesAfterMs: 0, said }]
  }
  const settlesAfterMs = OTHER_HALF_WITHIN_MS
  if (state === 'unshipped') {
    const said = `${units} of ${sku} arrived at ${toNode}, and nobody told that they left`
    return [{ ...of, class: 'missing-event', settlesAfterMs, said }]
  }
  if (state !== 'over-received') return []
  // As much again as was sent is a receipt that was told twice.
  const kind = shipped > 0 && units % shipped === 0 ? 'duplicate' : 'unknown'
  const said = `${units} of ${sku} more arrived at ${toNode} than were sent`
  return [{ ...of, class: kind, settlesAfterMs, said }]
}

export const transferCameRight = ({ class: kind }: Pick<VarianceRow, 'class'>): CameRight =>
  kind === 'missing-event'
    ? { state: 'replayed', detail: 'the half that was missing has been told' }
    : { state: 'converged', detail: 'as much has arrived as was sent' }
