import { readLineNote, writeLineNote } from '../../connectors/tryton/line-note.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { CancelledOrder, ErpRefusal } from '../../orders/erp.ts'
import type { ForeignCodes } from './directory.ts'
import { movesOf, Shipment, UNTOUCHED } from './fulfilment.ts'
import type { Records } from './records.ts'
import type { Sale } from './sale.ts'
import { isCalledOff } from './read-order.ts'
import { settleCancelledMoves } from './cancelled-moves.ts'

/**
 * Calls a sale off. Until it is processed it can be cancelled as such. After that Tryton has no way back: its shipments
 * are cancelled, and it is told not to make new ones for what was not sent, which leaves a sale that is done and
 * delivered nothing.
 */
export async function cancelOrder(
  records: Records,
  sale: Sale,
  codes: ForeignCodes,
): Promise<Result<CancelledOrder, ErpRefusal>> {
  const erpNumber = sale.number ?? String(sale.id)
  if (sale.state === 'cancelled') return ok({ erpNumber, wasCancelledBefore: true })
  if (sale.state === 'processing' || sale.state === 'done') return callOff(records, sale, codes, erpNumber)
  const noted = await noteCalledOff(records, sale)
  if (!noted.ok) return noted
  const steps = sale.state === 'confirmed' ? ['draft', 'cancel'] : ['cancel']
  for (const step of steps) {
    const pressed = await records.press(`model.sale.sale.${step}`, [[sale.id]])
    if (!pressed.ok) return pressed
  }
  return ok({ erpNumber, wasCancelledBefore: false })
}

async function callOff(
  records: Records,
  sale: Sale,
  codes: ForeignCodes,
  erpNumber: string,
): Promise<Result<CancelledOrder, ErpRefusal>> {
  const before = await movesOf(records, sale, codes)
  if (!before.ok) return before
  if (isCalledOff(sale, before.value)) return ok({ erpNumber, wasCancelledBefore: true })
  const shipments = await records.read('stock.shipment.out', sale.shipments, Shipment, ['state'])
  if (!shipments.ok) return shipments
  const touched = shipments.value.find(({ state }) => !UNTOUCHED.has(state))
  if (touched)
    return err({
      code: 'already-picked',
      detail: `shipment ${touched.id} of order ${erpNumber} is ${touched.state}`,
    })
  const open = shipments.value.filter(({ state }) => state !== 'cancelled').map(({ id }) => id)
  const noted = await noteCalledOff(records, sale)
  if (!noted.ok) return noted
  const cancelled = await records.press('model.stock.shipment.out.cancel', [open])
  if (!cancelled.ok) return cancelled
  const ignored = await settleCancelledMoves(records, sale, 'make none again')
  return ignored.ok ? ok({ erpNumber, wasCancelledBefore: false }) : ignored
}

/** Our lines say that it was us: when the sale is read back, it tells nothing new. */
async function noteCalledOff(records: Records, sale: Sale): Promise<Result<null, ErpRefusal>> {
  for (const { id, note } of sale['lines.']) {
    const said = readLineNote(note)
    if (said === null || said.isCalledOff) continue
    const written = await records.press('model.sale.line.write', [
      [id],
      { note: writeLineNote({ ...said, isCalledOff: true }) },
    ])
    if (!written.ok) return written
  }
  return ok(null)
}
