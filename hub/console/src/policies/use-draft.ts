import { useState } from 'react'
import type * as z from 'zod'
import type {
  GovernedPolicy,
  PolicyAnswer,
  RegionPreview,
} from '../../../../shared/contract/governed-policy-api.ts'
import type { FieldError, Problem } from '../../../../shared/contract/problem.ts'
import { send } from '../api/send.ts'

/** What a policy is of: `*` or a region, a kind, and a scope. */
export type PolicyName = Pick<GovernedPolicy, 'kind' | 'scope'> & { readonly region: string }
type Rule = Readonly<Record<string, unknown>>

const OF_RULE = /^body\.?/

/** A rule that is being written: tried as often as one likes, and then proposed. */
export function useDraft(name: PolicyName) {
  const [isAsking, setIsAsking] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [tried, setTried] = useState<readonly RegionPreview[] | null>(null)

  const ask = async <T>(path: string, json: object): Promise<T | null> => {
    setIsAsking(true)
    setProblem(null)
    setTried(null)
    const answered = await send<T>('POST', path, json)
    setIsAsking(false)
    if (answered.ok) return answered.value
    setProblem(answered.problem)
    return null
  }
  const tryIt = async (body: Rule) => {
    const found = await ask<{ regions: RegionPreview[] }>('/v1/policies:preview', { ...name, body })
    setTried(found?.regions ?? null)
  }
  /** The id of the proposal; null when it was refused. */
  const propose = async (said: {
    body: Rule
    reason: string
    localChanges: GovernedPolicy['localChanges']
    basedOn: number
  }): Promise<string | null> =>
    (await ask<z.infer<typeof PolicyAnswer>>('/v1/policies', { ...name, ...said }))?.policy.id ?? null

  const errors = problem?.errors ?? []
  return {
    isAsking,
    tried,
    tryIt,
    propose,
    /** What is wrong of the rule, by its own paths. */
    ruleErrors: errors.flatMap((it): FieldError[] =>
      OF_RULE.test(it.path) ? [{ ...it, path: it.path.replace(OF_RULE, '') }] : [],
    ),
    /** What is wrong beside the rule. */
    problem: problem && { ...problem, errors: errors.filter(({ path }) => !OF_RULE.test(path)) },
    forget: () => setProblem(null),
  }
}
