import type { EdgeFallback, Rules } from '../contract/push.ts'
import { coveringClass } from './allocation.ts'
import { demandClassOf, type DemandClass } from './ids.ts'
import type { AllocationRule } from './allocation-rule.ts'
import type { Tier } from './tier.ts'

const NO_RULES: readonly AllocationRule[] = []

type Scoped = { readonly sku: string; readonly tier: Tier }

/**
 * Of what is said by scope (`*`, `tier:A`, `sku:X`), that which is the most specific for a sku, alone. It is looked up, not
 * searched: only `sku` and `tier` can be known of it, which leaves five scopes, here in falling specificity (policy.ts).
 */
function mostSpecific<T>(byScope: Readonly<Record<string, T>>, subject: Scoped): T | undefined {
  if (!namesSkus(byScope)) return byScope[TIER_SCOPE[subject.tier]] ?? byScope['*']
  const tier = TIER_SCOPE[subject.tier]
  // A sku with a comma can't be named by a scope, but it could be spelt like one that has two parts.
  const sku = subject.sku.includes(',') ? null : `sku:${subject.sku}`
  const ofSku =
    sku === null ? undefined : (byScope[`${sku},${tier}`] ?? byScope[`${tier},${sku}`] ?? byScope[sku])
  return ofSku ?? byScope[tier] ?? byScope['*']
}

const TIER_SCOPE: Readonly<Record<Tier, string>> = { A: 'tier:A', B: 'tier:B', C: 'tier:C' }

/** Most regions rule by tier, or all alike: then nothing has to be looked up by sku. Known once for each document. */
const naming = new WeakMap<Readonly<Record<string, unknown>>, boolean>()

function namesSkus(byScope: Readonly<Record<string, unknown>>): boolean {
  let names = naming.get(byScope)
  if (names === undefined) {
    names = Object.keys(byScope).some((scope) => scope.includes('sku:'))
    naming.set(byScope, names)
  }
  return names
}

/** The allocation rules of a sku. */
export const rulesFor = (rules: Pick<Rules, 'allocation'>, subject: Scoped): readonly AllocationRule[] =>
  mostSpecific(rules.allocation, subject) ?? NO_RULES

/** What is done with a sku at the edge when its region has gone silent. */
export const edgeFallbackFor = (
  { edgeFallback }: Pick<Rules, 'edgeFallback'>,
  subject: Scoped,
): EdgeFallback | undefined => edgeFallback && mostSpecific(edgeFallback, subject)

/** The class a caller sells as: `channel/segment` if a rule names it, else `channel` if one does, else the full class. */
export const classFor = (
  list: readonly AllocationRule[],
  channel: string,
  segment?: string | undefined,
): DemandClass => coveringClass(list, demandClassOf(channel, segment))
