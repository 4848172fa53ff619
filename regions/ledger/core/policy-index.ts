import type { Policy, PolicyBody, PolicyKind } from '../../../shared/domain/policy.ts'
import { specificity, type Subject, tidyScope } from '../../../shared/domain/policy-scope.ts'

const NO_SCOPES: ReadonlyMap<string, Policy> = new Map()

/**
 * Policies by kind and scope, so that the most specific one is looked up and not searched for: a region may have a
 * safety stock for every sku, and asks for it at every change.
 */
export class PolicyIndex {
  readonly #byKind = new Map<PolicyKind, Map<string, Policy>>()

  put(policy: Policy): void {
    let scopes = this.#byKind.get(policy.kind)
    if (!scopes) this.#byKind.set(policy.kind, (scopes = new Map()))
    scopes.set(tidyScope(policy.scope), policy)
  }

  has = (kind: PolicyKind): boolean => (this.#byKind.get(kind)?.size ?? 0) > 0

  /** All of a kind. */
  of<K extends PolicyKind>(kind: K): Iterable<Extract<Policy, { kind: K }>> {
    return (this.#byKind.get(kind) ?? NO_SCOPES).values() as Iterable<Extract<Policy, { kind: K }>>
  }

  /** The policy whose scope names most of the subject; null when none applies. */
  find<K extends PolicyKind>(kind: K, subject: Subject): PolicyBody<K> | null {
    const scopes = this.#byKind.get(kind) ?? NO_SCOPES
    if (scopes.size === 0) return null
    let best: Policy | undefined = scopes.get('*')
    let bestWeight = best ? 0 : -1
    for (const scope of scopes.size < FEW ? scopes.keys() : scopesOf(subject)) {
      const policy = scopes.get(scope)
      const weight = policy ? specificity(scope, subject) : -1
      if (weight > bestWeight) [best, bestWeight] = [policy, weight]
    }
    return best ? (best.body as PolicyBody<K>) : null
  }
}

/** Under so many policies of a kind, trying each is quicker than writing down what could apply. */
const FEW = 8

/** Every scope that applies to a subject: each choice of its parts. */
function scopesOf(subject: Subject): string[] {
  const parts = Object.entries(subject)
    .filter(([, value]) => value !== undefined)
    .map(([kind, value]) => `${kind}:${value}`)
    .sort()
  let scopes: string[] = ['']
  for (const part of parts)
    scopes = [...scopes, ...scopes.map((scope) => (scope === '' ? part : `${scope},${part}`))]
  return scopes.slice(1)
}
