import type { FieldError } from '../../shared/contract/problem.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import { Policy, type PolicyKind, scopeFault } from '../../shared/domain/policy.ts'
import { tidyScope } from '../../shared/domain/policy-scope.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'

/** Who a rule is of and why is said beside it, and what it is counted as is ours to say. */
const NOT_IN_A_BODY = ['author', 'reason', 'approver', 'version', 'revision']

export type Signature = { readonly author: string; readonly reason: string }

/** A rule as the regions will read it, checked as they check it; else the paths of what is wrong. */
export function checkPolicy(
  asked: {
    readonly kind: PolicyKind
    readonly scope: string
    readonly body: Readonly<Record<string, unknown>>
  },
  signature: Signature,
): Result<Policy, FieldError[]> {
  const { kind, body } = asked
  const foreign = NOT_IN_A_BODY.filter((name) => Object.hasOwn(body, name))
  if (foreign.length > 0)
    return err(
      foreign.map((name) => ({ path: `body.${name}`, message: 'is said beside the body, or by the centre' })),
    )
  const scope = tidyScope(asked.scope)
  const fault = scopeFault(kind, scope)
  if (fault !== null) return err([{ path: 'scope', message: fault, code: 'invalid-policy' }])
  const parsed = Policy.safeParse({ kind, scope, body: { ...body, ...signature } })
  return parsed.success ? ok(parsed.data) : err(fieldErrors(parsed.error))
}
