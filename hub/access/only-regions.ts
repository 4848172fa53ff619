/**
 * An answer without what is of other regions: entries that name one, and figures kept under one's name. It goes over the
 * whole answer at the border, so that no route can forget it. `HIDDEN` when the answer itself is about another region.
 *
 * A transfer between two regions may be seen from both its ends.
 */
export function onlyRegions(answer: unknown, isHidden: (region: string) => boolean): unknown {
  if (Array.isArray(answer))
    return answer.map((it) => onlyRegions(it, isHidden)).filter((it) => it !== HIDDEN)
  if (answer === null || typeof answer !== 'object') return answer
  if (isOfOthers(answer, isHidden)) return HIDDEN
  const shown: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(answer)) {
    if (isHidden(name)) continue
    const inner = onlyRegions(value, isHidden)
    if (inner !== HIDDEN) shown[name] = inner
  }
  return shown
}

export const HIDDEN = Symbol('hidden')

const ENDS = ['fromRegion', 'toRegion'] as const

function isOfOthers(it: object, isHidden: (region: string) => boolean): boolean {
  const { region } = it as { region?: unknown }
  if (typeof region === 'string') return isHidden(region)
  const ends = ENDS.map((end) => (it as Record<string, unknown>)[end]).filter(
    (end): end is string => typeof end === 'string',
  )
  return ends.length > 0 && ends.every(isHidden)
}
