import type { Freshness } from '../../shared/contract/availability-api.ts'

export type Standing = { readonly freshness: Freshness; readonly reasons: readonly string[] }

const FRESH: Standing = { freshness: 'fresh', reasons: [] }
const SILENT: Standing = { freshness: 'stale', reasons: ['region-silent'] }
const BEHIND: Standing = { freshness: 'stale', reasons: ['region-behind'] }
const STORE_FAILING: Standing = { freshness: 'degraded', reasons: ['edge-store-unavailable'] }

const WORSE: Record<Freshness, number> = { fresh: 0, stale: 1, degraded: 2 }
export const worst = (a: Freshness, b: Freshness): Freshness => (WORSE[a] >= WORSE[b] ? a : b)

/**
 * How an answer stands. While our own store fails, or only an older copy could be had, an old moment is our doing, and
 * nothing is said of the region. A region that speaks and yet holds changes back past the limit is behind, not silent.
 */
export function standingOf(answer: {
  readonly ageMs: number
  /** How long ago the region spoke. */
  readonly silentForMs: number
  readonly freshForMs: number
  readonly isCurrent: boolean
  readonly isStoreFailing: boolean
}): Standing {
  if (answer.isStoreFailing || !answer.isCurrent) return STORE_FAILING
  if (answer.ageMs <= answer.freshForMs) return FRESH
  return answer.silentForMs > answer.freshForMs ? SILENT : BEHIND
}
