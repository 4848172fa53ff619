import { ok, type Result } from '../../../shared/kernel/result.ts'
import type { Assignment, ErpRefusal } from '../../orders/erp.ts'
import type { ForeignCodes } from './directory.ts'
import { movesOf, type OrderMove, Shipment } from './fulfilment.ts'
import type { Records } from './records.ts'
import type { Sale } from './sale.ts'

/**
 * `assign_try` answers false when one thing is short, and keeps what it could set aside of the rest; so its answer is
 * not looked at, and the moves are.
 */
export async function assignOrder(
  records: Records,
  sale: Sale,
  codes: ForeignCodes,
): Promise<Result<Assignment, ErpRefusal>> {
  const shipments = await records.read('stock.shipment.out', sale.shipments, Shipment, ['state'])
  if (!shipments.ok) return shipments
  const waiting = shipments.value.filter(({ state }) => state === 'waiting').map(({ id }) => id)
  // One by one: of several shipments in one call, a shortage in the first would leave the others untouched.
  for (const id of waiting) {
    const tried = await records.press('model.stock.shipment.out.assign_try', [[id]])
    if (!tried.ok) return tried
  }
  const moves = await movesOf(records, sale, codes)
  return moves.ok ? ok(assignmentIn(moves.value)) : moves
}

function assignmentIn(moves: readonly OrderMove[]): Assignment {
  // A warehouse whose shelf is its dock has no picks: there the shipping moves are what is assigned.
  const picks = moves.filter(({ leg }) => leg === 'pick')
  const counted = (picks.length > 0 ? picks : moves).filter(({ state }) => state !== 'cancelled')
  const byLine = Map.groupBy(counted, ({ line, sku }) => `${line}\n${sku}`)
  const lines = [...byLine.values()].map((group) => ({
    line: group[0]!.line,
    sku: group[0]!.sku,
    ordered: sum(group),
    assigned: sum(group.filter(({ state }) => state === 'assigned' || state === 'done')),
  }))
  const isWhole = lines.length > 0 && lines.every(({ ordered, assigned }) => assigned === ordered)
  const hasSome = lines.some(({ assigned }) => assigned > 0)
  return { status: isWhole ? 'assigned' : hasSome ? 'partial' : 'none', lines }
}

const sum = (moves: readonly OrderMove[]): number => moves.reduce((total, it) => total + it.quantity, 0)
