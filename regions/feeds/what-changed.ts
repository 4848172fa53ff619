import type { Rules } from '../../shared/contract/push.ts'
import type { ForeignCodes } from './foreign-codes.ts'

/** The scopes whose allocation is another: a changed rule is told of no sku, as the edge works figures out for itself. */
export function changedScopes(before: Rules['allocation'], now: Rules['allocation']): Set<string> {
  const scopes = new Set<string>()
  if (before === now) return scopes
  // A list of rules is put as a whole and never changed.
  for (const [scope, rules] of Object.entries(now)) if (before[scope] !== rules) scopes.add(scope)
  for (const scope of Object.keys(before)) if (!Object.hasOwn(now, scope)) scopes.add(scope)
  return scopes
}

/** The skus that a channel calls otherwise than before, or for the first time; all of those told where places are. */
export function renamedSkus(before: ForeignCodes, now: ForeignCodes, told: Iterable<string>): Set<string> {
  const skus = new Set<string>()
  if (before === now) return skus
  for (const [sku, codes] of now.skus) if (!isSameList(before.skus.get(sku) ?? [], codes)) skus.add(sku)
  for (const sku of before.skus.keys()) if (!now.skus.has(sku)) skus.add(sku)
  if (!isSameList(wordsOf(before), wordsOf(now))) for (const sku of told) skus.add(sku)
  return skus
}

const wordsOf = ({ nodes }: ForeignCodes): string[] => [...nodes].map(([ours, theirs]) => `${ours} ${theirs}`)

const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])
