import * as z from 'zod'
import { ok, type Result } from '../../../shared/kernel/result.ts'
import { ErpFault, type ErpRefusal } from '../../orders/erp.ts'
import type { Records } from './records.ts'
import type { Sale } from './sale.ts'

const WIZARD = 'wizard.sale.handle.shipment.exception'
const Opened = z.tuple([z.number().int()], z.unknown())
const Asked = z.object({
  view: z.object({ defaults: z.object({ domain_moves: z.array(z.number().int()) }) }),
})

/**
 * Answers the wizard that asks what to do about a sale's cancelled shipments: none again, or again what is still wanted by the
 * sale's lines. The sale is processed with it.
 */
export async function settleCancelledMoves(
  records: Records,
  sale: Sale,
  how: 'make none again' | 'make what is wanted',
): Promise<Result<null, ErpRefusal>> {
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
  const answer = { ask: { domain_moves, recreate_moves: how === 'make none again' ? [] : domain_moves } }
  const handled = await records.press(`${WIZARD}.execute`, [session, answer, 'handle'], context)
  if (!handled.ok) return handled
  const closed = await records.press(`${WIZARD}.delete`, [session])
  return closed.ok ? ok(null) : closed
}
