import type { Rules } from '../contract/push.ts'
import { coveringClass } from './allocation.ts'
import { demandClassOf, type DemandClass } from './ids.ts'
import type { AllocationRule } from './allocation-rule.ts'
import type { Tier } from './tier.ts'

const NO_RULES: readonly AllocationRule[] = []

/**
 * The allocation rules of a sku: the list whose scope is the most specific, alone. A list is looked up, not searched:
 * only `sku` and `tier` can be known of it, which leaves five scopes, here in falling specificity (policy.ts).
 */
export function rulesFor(
  rules: Pick<Rules, 'allocation'>,
  subject: { readonly sku: string; readonly tier: Tier },
): readonly AllocationRule[] {
  const lists = rules.allocation
  const tier = `tier:${subject.tier}`
  // A sku with a comma can't be named by a scope, but it could be spelt like one that has two parts.
  const sku = subject.sku.includes(',') ? null : `sku:${subject.sku}`
  const ofSku = sku === null ? undefined : (lists[`${sku},${tier}`] ?? lists[`${tier},${sku}`] ?? lists[sku])
  return ofSku ?? lists[tier] ?? lists['*'] ?? NO_RULES
}

/** The class a caller sells as: `channel/segment` if a rule names it, else `channel` if one does, else the full class. */
export const classFor = (
  list: readonly AllocationRule[],
  channel: string,
  segment?: string | undefined,
): DemandClass => coveringClass(list, demandClassOf(channel, segment))
