import * as z from 'zod'
import type { AlertKind } from '../../shared/contract/alert-api.ts'

/**
 * When an alert fires and when it is over. It fires when its level has been at `raise` or above for `forMs`, and is over
 * when it has been below `clear` for `clearForMs`: what goes to and fro between the two changes nothing.
 */
export type AlertRule = {
  readonly raise: number
  readonly clear: number
  readonly forMs: number
  readonly clearForMs: number
  /** From this level on it is critical. */
  readonly criticalAt: number
  readonly runbook: string
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const NEVER = Number.MAX_SAFE_INTEGER

const rule = (
  levels: readonly [raise: number, clear: number, criticalAt: number],
  forMs: number,
  clearForMs: number,
  runbook: string,
): AlertRule => {
  const [raise, clear, criticalAt] = levels
  return { raise, clear, criticalAt, forMs, clearForMs, runbook }
}

/** What is not said otherwise in the configuration. The unit of each level stands beside it. */
export const RULES_DEFAULT: Readonly<Record<AlertKind, AlertRule>> = {
  // milliseconds that nothing was heard
  'region-silent': rule([15_000, 6_000, 60_000], 0, 5 * SECOND, 'region-silent'),
  // units promised beyond what lies there
  'negative-ats': rule([1, 1, 1], 3 * SECOND, 30 * SECOND, 'negative-ats'),
  // how often what there is would sell out while a figure is on its way
  'oversell-risk': rule([1, 0.5, 4], 10 * SECOND, MINUTE, 'oversell-risk'),
  // regions that hold one order, less one
  'duplicate-reservation': rule([1, 1, 1], 0, 0, 'duplicate-reservation'),
  // 1: late, 2: down
  'source-stale': rule([1, 1, 2], 0, 30 * SECOND, 'source-silent'),
  // milliseconds that the oldest figure waits that a channel is owed
  'channel-feed-stale': rule([5 * MINUTE, MINUTE, 30 * MINUTE], 0, 30 * SECOND, 'feed-behind'),
  // milliseconds since the edge took a push
  'edge-behind': rule([30_000, 10_000, 120_000], 0, 15 * SECOND, 'edge-behind'),
  // messages that wait
  'queue-lag': rule([10_000, 1_000, 1_000_000], 10 * SECOND, 15 * SECOND, 'queue-grows'),
  // exceptions in the last minute
  'exception-rate': rule([10, 3, 1_000], 0, MINUTE, 'exceptions'),
  // minor currency units
  'variance-value': rule([100_000, 50_000, 1_000_000], 0, 0, 'variances'),
  // milliseconds that it stands open
  'variance-age': rule([4 * 60 * MINUTE, 4 * 60 * MINUTE, 48 * 60 * MINUTE], 0, 0, 'variances'),
  // milliseconds over the time
  'transfer-overdue': rule([1, 1, 3 * 24 * 60 * MINUTE], 0, 0, 'transfer-overdue'),
  // milliseconds that the oldest task waits for a system that is throttled or down
  'system-throttled': rule([30_000, 1, 600_000], 0, 30 * SECOND, 'system-throttled'),
}

const Level = z.number().min(0).max(NEVER)
const Milliseconds = z.number().int().min(0).max(86_400_000)

/** Of one kind, what is other than by default. */
export const RuleConfig = z.strictObject({
  raise: Level.optional(),
  clear: Level.optional(),
  criticalAt: Level.optional(),
  forMs: Milliseconds.optional(),
  clearForMs: Milliseconds.optional(),
})
export type RuleConfig = z.infer<typeof RuleConfig>
export type Rules = Readonly<Record<AlertKind, AlertRule>>

export function rulesWith(changed: Partial<Record<AlertKind, RuleConfig>>): Rules {
  const rules = { ...RULES_DEFAULT }
  for (const [kind, { raise, ...other }] of Object.entries(changed) as [AlertKind, RuleConfig][]) {
    const base = RULES_DEFAULT[kind]
    const named = Object.fromEntries(Object.entries(other).filter(([, value]) => value !== undefined))
    // A level that is raised elsewhere clears in the same proportion, unless that is said too.
    const scale = raise === undefined ? 1 : raise / base.raise
    rules[kind] = {
      ...base,
      raise: base.raise * scale,
      clear: base.clear * scale,
      criticalAt: base.criticalAt * scale,
      ...named,
    }
  }
  return rules
}
