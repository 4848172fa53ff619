import { unreachable } from '../../../shared/kernel/invariant.ts'
import type { ErpRefusal } from '../../orders/erp.ts'
import type { Refused } from './answer.ts'
import type { Busy } from './busy.ts'

/** Another user changed the record between two calls: trying again is all there is to do. */
const CONCURRENCY_RETRY_MS = 500

/** What Tryton said, in the words of the port. */
export function refusalOf(refused: Refused | Busy): ErpRefusal {
  switch (refused.kind) {
    case 'busy':
      return {
        code: 'busy',
        detail: `the ERP answered ${refused.status}`,
        retryAfterMs: refused.retryAfterMs,
      }
    case 'concurrency':
      return { code: 'busy', detail: refused.message, retryAfterMs: CONCURRENCY_RETRY_MS }
    case 'warning':
      return { code: 'rejected', detail: `the ERP asks again and again: ${refused.message}` }
    case 'user-error':
      return {
        code: 'rejected',
        detail: [refused.message, refused.description].filter(Boolean).join(' — '),
      }
    default:
      return unreachable(refused)
  }
}
