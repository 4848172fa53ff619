import { ok, type Result } from '../../../shared/kernel/result.ts'
import type { ErpOrderState, ErpRefusal } from '../../orders/erp.ts'
import type { ForeignCodes } from './directory.ts'
import { movesOf, type OrderMove } from './fulfilment.ts'
import type { Records } from './records.ts'
import type { Sale } from './sale.ts'

/** A sale that is done and of which all was cancelled: what is left of a cancelled order that had been processed. */
export const isCalledOff = (sale: Sale, moves: readonly OrderMove[]): boolean =>
  sale.state === 'cancelled' ||
  (sale.state === 'done' && moves.length > 0 && moves.every(({ state }) => state === 'cancelled'))

/** The sales of an order that were not called off. */
export async function standing(
  records: Records,
  sales: readonly Sale[],
  codes: ForeignCodes,
): Promise<Result<Sale[], ErpRefusal>> {
  const kept: Sale[] = []
  for (const sale of sales) {
    const moves = await movesOf(records, sale, codes)
    if (!moves.ok) return moves
    if (!isCalledOff(sale, moves.value)) kept.push(sale)
  }
  return ok(kept)
}

export async function readOrder(
  records: Records,
  sale: Sale,
  codes: ForeignCodes,
): Promise<Result<ErpOrderState, ErpRefusal>> {
  const moves = await movesOf(records, sale, codes)
  if (!moves.ok) return moves
  const done = moves.value.filter(({ state }) => state === 'done')
  const left = Map.groupBy(
    done.filter(({ leg }) => leg === 'ship'),
    ({ line, sku }) => `${line}\n${sku}`,
  )
  const shipped = [...left.values()].map((group) => ({
    line: group[0]!.line,
    sku: group[0]!.sku,
    quantity: group.reduce((sum, it) => sum + it.quantity, 0),
  }))
  const erpNumber = sale.number ?? String(sale.id)
  return ok({ erpNumber, status: statusOf(sale, moves.value), shipped })
}

function statusOf(sale: Sale, moves: readonly OrderMove[]): ErpOrderState['status'] {
  if (isCalledOff(sale, moves)) return 'cancelled'
  const open = moves.filter(({ state }) => state !== 'cancelled')
  const ships = open.filter(({ leg }) => leg === 'ship')
  if (ships.length > 0 && ships.every(({ state }) => state === 'done')) return 'shipped'
  return open.some(({ leg, state }) => leg === 'pick' && state === 'done') ? 'picked' : 'open'
}
