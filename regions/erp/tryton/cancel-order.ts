import * as z from 'zod'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { type CancelledOrder, ErpFault, type ErpRefusal } from '../../orders/erp.ts'
import type { ForeignCodes } from './directory.ts'
import { movesOf, Shipment } from './fulfilment.ts'
import type { Records } from './records.ts'
import type { Sale } from './sale.ts'
import { isCalledOff } from './read-order.ts'

/** A shipment that can be called off: nothing of it has left the shelf. */
const UNTOUCHED = new Set(['draft', 'waiting', 'assigned', 'cancelled'])

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
  const cancelled = await records.press('model.stock.shipment.out.cancel', [open])
  if (!cancelled.ok) return cancelled
  const ignored = await ignoreCancelledMoves(records, sale)
  return ignored.ok ? ok({ erpNumber, wasCancelledBefore: false }) : ignored
}

const WIZARD = 'wizard.sale.handle.shipment.exception'
const Opened = z.tuple([z.number().int()], z.unknown())
const Asked = z.object({
  view: z.object({ defaults: z.object({ domain_moves: z.array(z.number().int()) }) }),
})

/** The wizard that asks what to do about cancelled shipments: make none of them again. */
async function ignoreCancelledMoves(records: Records, sale: Sale): Promise<Result<null, ErpRefusal>> {
  const context = { active_model: 'sale.sale', active_id: sale.id, active_ids: [sale.id] }
  const created = await records.press(`${WIZARD}.create`, [])
  if (!created.ok) return created
  const opened = Opened.safeParse(created.value.value)
  if (!opened.success) throw new ErpFault('unreadable', 'the ERP opened no wizard')
  const [session] = opened.data
  const shown = await records.press(`${WIZARD}.execute`, [session, {}, 'ask'], context)
  if (!shown.ok) return shown
  const asked = Asked.safeParse(shown.value.value)
  if (!asked.success)
    throw new ErpFault('unreadable', 'the ERP’s wizard does not say which moves it asks about')
  const { domain_moves } = asked.data.view.defaults
  const answer = { ask: { domain_moves, recreate_moves: [] } }
  const handled = await records.press(`${WIZARD}.execute`, [session, answer, 'handle'], context)
  if (!handled.ok) return handled
  const closed = await records.press(`${WIZARD}.delete`, [session])
  return closed.ok ? ok(null) : closed
}
