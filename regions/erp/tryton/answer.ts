import * as z from 'zod'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { ErpFault } from '../../orders/erp.ts'

/** The ERP understood, and said no: a rule of its own, a question to a person, or another user was quicker. */
export type Refused =
  | { readonly kind: 'user-error'; readonly message: string; readonly description: string }
  | { readonly kind: 'warning'; readonly name: string; readonly message: string }
  | { readonly kind: 'concurrency'; readonly message: string }

const Answer = z.object({ result: z.unknown().optional(), error: z.array(z.unknown()).optional() })
const UserError = z.tuple([z.literal('UserError'), z.tuple([z.string(), z.string()], z.unknown())])
const UserWarning = z.tuple([z.literal('UserWarning'), z.tuple([z.string(), z.string()], z.unknown())])
const Concurrency = z.tuple([z.literal('ConcurrencyException'), z.unknown()])

/**
 * Application errors come with HTTP 200, as `error: [class, arguments]`. What is no exception of Tryton's own comes as
 * `[text, traceback]`: a fault, whose traceback stays in the ERP's log.
 */
export function readAnswer(body: unknown): Result<unknown, Refused> {
  const answer = Answer.safeParse(body)
  if (!answer.success) throw new ErpFault('unreadable', 'the ERP answered something that is no JSON-RPC')
  const { error, result } = answer.data
  if (error === undefined) return ok(result)
  const userError = UserError.safeParse(error)
  if (userError.success) {
    const [, [message, description]] = userError.data
    return err({ kind: 'user-error', message, description })
  }
  const warning = UserWarning.safeParse(error)
  if (warning.success) {
    const [, [name, message]] = warning.data
    return err({ kind: 'warning', name, message })
  }
  if (Concurrency.safeParse(error).success)
    return err({ kind: 'concurrency', message: String(error[1]).slice(0, 512) })
  throw new ErpFault('failed', `the ERP failed: ${String(error[0]).slice(0, 512)}`)
}
