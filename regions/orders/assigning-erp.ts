import { ok } from '../../shared/kernel/result.ts'
import type { Assignment, ErpPort } from './erp.ts'

/**
 * An ERP that sets goods aside as soon as an order is posted or changed. What it could not set aside is told with the answer and
 * stops nothing: the order binds, the part there is stays assigned, and people at the ERP assign the rest when it comes.
 */
export function assigningErp(port: ErpPort): ErpPort {
  const assigning =
    (post: ErpPort['postOrder']): ErpPort['postOrder'] =>
    async (order) => {
      const posted = await post(order)
      if (!posted.ok) return posted
      const assigned = await port.assignOrder(order)
      // Posting again is safe, so that a busy ERP is asked for both again.
      if (!assigned.ok && assigned.error.code === 'busy') return assigned
      const said = assigned.ok ? shortages(assigned.value) : [`not assigned: ${assigned.error.detail}`]
      return ok({ ...posted.value, warnings: [...posted.value.warnings, ...said] })
    }
  return { ...port, postOrder: assigning(port.postOrder), changeOrder: assigning(port.changeOrder) }
}

const shortages = ({ lines }: Assignment): string[] =>
  lines
    .filter(({ ordered, assigned }) => assigned < ordered)
    .map(({ line, sku, ordered, assigned }) => `line ${line}: ${assigned} of ${ordered} ${sku} are set aside`)
