import type { AlertKind, AlertSeverity } from '../../shared/contract/alert-api.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import type { AlertRule, Rules } from './alert-rule.ts'

/** How bad one thing is at this moment. What is not measured is good. */
export type Measure = {
  readonly kind: AlertKind
  readonly region: string
  readonly subject: string
  readonly level: number
  readonly summary: string
  readonly labels: Readonly<Record<string, string>>
}

export type AlertChange = {
  readonly what: 'fired' | 'worse' | 'resolved' | 'same'
  readonly measure: Measure
  readonly severity: AlertSeverity
}

type Watched = {
  measure: Measure
  severity: AlertSeverity
  isFiring: boolean
  badSince: Instant | null
  goodSince: Instant | null
}

export const keyOf = ({ kind, region, subject }: Pick<Measure, 'kind' | 'region' | 'subject'>): string =>
  `${kind}/${region}/${subject}`

/**
 * Makes alerts of measures, with hysteresis. Pure: it knows what was measured and when, nothing else.
 *
 *               raise ≤ level        clear ≤ level < raise     level < clear
 *   not firing  fires after forMs    waits from the start      forgotten
 *   firing      stays                stays                     resolved after clearForMs
 */
export class AlertEngine {
  readonly #rules: Rules
  readonly #watched = new Map<string, Watched>()

  constructor(rules: Rules) {
    this.#rules = rules
  }

  /** What fired before a restart fires on. */
  restore(measure: Measure, severity: AlertSeverity): void {
    this.#watched.set(keyOf(measure), { measure, severity, isFiring: true, badSince: null, goodSince: null })
  }

  /**
   * What has changed. Of regions that are not `known` (nothing was heard of them) nothing is concluded but what is
   * measured all the same: their alerts stay as they are.
   */
  step(measures: readonly Measure[], known: ReadonlySet<string>, now: Instant): AlertChange[] {
    const changes: AlertChange[] = []
    const measured = new Map(measures.map((measure) => [keyOf(measure), measure]))
    for (const [key, measure] of measured) {
      const change = this.#measure(key, measure, now)
      if (change) changes.push(change)
    }
    for (const [key, watched] of this.#watched) {
      const { measure } = watched
      if (measured.has(key) || (!known.has(measure.region) && measure.kind !== 'region-silent')) continue
      const change = this.#good(key, watched, now)
      if (change) changes.push(change)
    }
    return changes
  }

  #measure(key: string, measure: Measure, now: Instant): AlertChange | null {
    const rule = this.#rules[measure.kind]
    const watched = this.#watched.get(key)
    if (measure.level < rule.clear) return watched ? this.#good(key, { ...watched, measure }, now) : null
    const isBad = measure.level >= rule.raise
    if (!watched?.isFiring) {
      if (!isBad) {
        this.#watched.delete(key)
        return null
      }
      const badSince = watched?.badSince ?? now
      const severity = severityOf(rule, measure)
      const isFiring = now - badSince >= rule.forMs
      this.#watched.set(key, { measure, severity, isFiring, badSince, goodSince: null })
      return isFiring ? { what: 'fired', measure, severity } : null
    }
    watched.measure = measure
    watched.goodSince = null
    const isWorse = watched.severity === 'warning' && severityOf(rule, measure) === 'critical'
    if (isWorse) watched.severity = 'critical'
    return { what: isWorse ? 'worse' : 'same', measure, severity: watched.severity }
  }

  #good(key: string, watched: Watched, now: Instant): AlertChange | null {
    if (!watched.isFiring) {
      this.#watched.delete(key)
      return null
    }
    const { measure, severity } = watched
    const goodSince = watched.goodSince ?? now
    if (now - goodSince < this.#rules[measure.kind].clearForMs) {
      this.#watched.set(key, { ...watched, goodSince })
      return null
    }
    this.#watched.delete(key)
    return { what: 'resolved', measure, severity }
  }
}

const severityOf = (rule: AlertRule, { level }: Measure): AlertSeverity =>
  level >= rule.criticalAt ? 'critical' : 'warning'
