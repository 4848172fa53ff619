import type { Result } from '../../shared/kernel/result.ts'
import type { ErpOrder, ErpOrderKey, ErpRefusal } from './erp.ts'

/**
 * A warehouse or 3PL as the order workflow sees it: it is asked to send what one node is to send of an order. What it
 * does then is heard as facts (picked, short, shipped). Refusals and faults are those of the ERP port.
 */
export type FulfilmentPort = {
  /** Asks for it once: repeating it changes nothing. */
  readonly request: (order: ErpOrder) => Promise<Result<{ readonly reference: string }, ErpRefusal>>
  /** States anew all that is wanted of it. What was picked stays: less than that is refused (`already-picked`). */
  readonly change: (order: ErpOrder) => Promise<Result<{ readonly reference: string }, ErpRefusal>>
  /** Calls it off, as long as nothing was picked. Repeating it is no error. */
  readonly callOff: (key: ErpOrderKey) => Promise<Result<null, ErpRefusal>>
}
