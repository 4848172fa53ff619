import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Refused } from './answer.ts'
import type { Busy } from './busy.ts'
import type { Context, TrytonClient } from './client.ts'

type Done = { readonly value: unknown; readonly warnings: readonly string[] }

/** One call may ask a few questions, one at a time; more of them is a rule that asks for ever. */
const WARNINGS_MAX = 8

/**
 * A call that may ask a person something ("the moves have no origin; go on?"). Nobody sits here, so the answer is yes:
 * said the way Tryton's own client says it, for this user and this once. What was asked is told to the caller.
 */
export async function answeringWarnings(
  client: TrytonClient,
  method: string,
  params: readonly unknown[],
  context: Context = {},
): Promise<Result<Done, Refused | Busy>> {
  const warnings: string[] = []
  for (;;) {
    const called = await client.call(method, params, context)
    if (called.ok) return ok({ value: called.value, warnings })
    const { error } = called
    if (error.kind !== 'warning' || warnings.length >= WARNINGS_MAX) return err(error)
    warnings.push(error.message)
    const user = await client.userId()
    if (!user.ok) return user
    const answer = { user: user.value, name: error.name, always: false }
    const answered = await client.call('model.res.user.warning.create', [[answer]])
    if (!answered.ok) return answered
  }
}
