import * as z from 'zod'
import { parseInstant } from '../kernel/clock.ts'
import { AllocationRule, contradictionsIn } from './allocation-rule.ts'
import {
  fallbackShape,
  FallbackStep,
  hasItsPercent,
  MILLISECONDS_MAX,
  PERCENT_MISPLACED,
} from './fallback.ts'
import { NodeId, SourceId } from './ids.ts'
import { partsOf, PolicyScope, type ScopePart } from './policy-scope.ts'
import { Percent, Quantity } from './quantity.ts'
import { Tier } from './tier.ts'
import { TierRule } from './tier-rule.ts'

export const DepletionMode = z.enum(['reservation', 'pick', 'shipment'])
export type DepletionMode = z.infer<typeof DepletionMode>

/** By which node serves an order; `fewestSplits` prefers one that serves all of it. */
export const SourcingAim = z.enum(['fewestSplits', 'priority', 'nearest', 'mostStock'])
export type SourcingAim = z.infer<typeof SourcingAim>

/** A quote may stand for a quarter of a year. */
export const HOLD_SECONDS_MAX = 92 * 86_400

/** Who answers for a policy, and why. Every activation of a scope has the next version; a fact carries it. */
const signed = {
  author: z.string().min(1).max(128),
  reason: z.string().min(1).max(512),
  approver: z.string().min(1).max(128).optional(),
  version: z.number().int().min(1).optional(),
  /** The centre's count of its activations, where it was activated there. */
  revision: z.number().int().min(1).optional(),
}

const Moment = z.string().refine((text) => parseInstant(text) !== null, 'not an RFC 3339 time')
const Milliseconds = z.number().int().min(1).max(MILLISECONDS_MAX)
/** `until` is the first moment at which it no longer holds. */
const timeBox = { from: Moment.optional(), until: Moment.optional() }
const isBoxed = ({ from, until }: { from?: string | undefined; until?: string | undefined }): boolean =>
  from === undefined || until === undefined || parseInstant(from)! < parseInstant(until)!
const NEVER_HOLDS = { path: ['until'], message: 'until is not after from: it would never hold' }

const OWNED = ['onHand', 'damaged', 'quarantined', 'picked'] as const

/** What each kind of policy says. docs/reference/policies.md tells what it does and by what it may be scoped. */
export const PolicyBodies = {
  depletion: z.strictObject({ mode: DepletionMode, ...signed }),
  safetyStock: z.union([
    z.strictObject({ quantity: Quantity, ...timeBox, ...signed }).refine(isBoxed, NEVER_HOLDS),
    z.strictObject({ percent: Percent, ...timeBox, ...signed }).refine(isBoxed, NEVER_HOLDS),
  ]),
  allocation: z
    .strictObject({ rules: z.array(AllocationRule).max(64), ...signed })
    .superRefine(({ rules }, context) => {
      for (const { path, message } of contradictionsIn(rules))
        context.addIssue({ code: 'custom', path: ['rules', ...path], message })
    }),
  atp: z.strictObject({
    horizonDays: z.number().int().min(1).max(366),
    receiptConfidencePercent: Percent,
    ...signed,
  }),
  tier: z.strictObject({ tier: Tier, ...signed }),
  tierRule: TierRule.extend(signed).superRefine(({ a, c }, context) => {
    if (a?.coverDaysMax === undefined && a?.unitsPerDayMin === undefined && c === undefined)
      context.addIssue({ code: 'custom', path: ['a'], message: 'says nothing: name a condition of a or c' })
    if (a?.unitsPerDayMin !== undefined && c !== undefined && a.unitsPerDayMin <= c.unitsPerDayMax) {
      const message = `an item of ${a.unitsPerDayMin} a day would be A and C: a.unitsPerDayMin is ${a.unitsPerDayMin}`
      context.addIssue({ code: 'custom', path: ['c', 'unitsPerDayMax'], message })
    }
  }),
  tierSettings: z
    .strictObject({
      windowMs: z.number().int().min(10).max(3_600_000),
      freshForMs: z.number().int().min(100).max(86_400_000),
      /** Changes of so many units or less may wait for half of freshForMs. */
      band: Quantity.optional(),
      /** At or under so many units every change is told in its window; the band, where it is not said. */
      lowStock: Quantity.optional(),
      reconcileEveryMs: Milliseconds.optional(),
      ...signed,
    })
    .refine(({ windowMs, freshForMs }) => freshForMs > windowMs, {
      path: ['freshForMs'],
      message: 'is not more than windowMs: a change that waits for its window would arrive stale',
    }),
  ownership: z
    .strictObject({
      onHand: SourceId.optional(),
      damaged: SourceId.optional(),
      quarantined: SourceId.optional(),
      picked: SourceId.optional(),
      ...signed,
    })
    .refine((body) => OWNED.some((state) => body[state] !== undefined), {
      path: ['onHand'],
      message: 'says nothing: name the owner of onHand, damaged, quarantined or picked',
    }),
  freshness: z
    .strictObject({
      maxSilenceMs: Milliseconds,
      downAfterMs: Milliseconds,
      late: FallbackStep,
      down: FallbackStep,
      ...signed,
    })
    .refine(({ maxSilenceMs, downAfterMs }) => downAfterMs > maxSilenceMs, {
      path: ['downAfterMs'],
      message: 'a source is late before it is down: downAfterMs has to be more than maxSilenceMs',
    }),
  edgeFallback: z
    .strictObject({ afterMs: Milliseconds, ...fallbackShape, ...signed })
    .refine(hasItsPercent, PERCENT_MISPLACED),
  correctionLimit: z.strictObject({ units: Quantity, ...signed }),
  hold: z
    .strictObject({
      /** How long a hold lasts whose asker says nothing, and how long one may be asked for. */
      ttlSeconds: z.number().int().min(1).max(HOLD_SECONDS_MAX).optional(),
      ttlSecondsMax: z.number().int().min(1).max(HOLD_SECONDS_MAX).optional(),
      /** Holds of the channel may have no more than this share of what is sellable: quotes must not sell the shop out. */
      sharePercent: Percent.optional(),
      ...signed,
    })
    .refine(({ ttlSeconds = 0, ttlSecondsMax = HOLD_SECONDS_MAX }) => ttlSeconds <= ttlSecondsMax, {
      path: ['ttlSeconds'],
      message: 'a hold can not last longer by default than it may',
    }),
  sourcing: z
    .strictObject({
      /** What decides between nodes, the first that tells them apart. */
      by: z.array(SourcingAim).min(1).max(4),
      /** For `priority`: the nodes, the most wanted first; others come behind them. */
      priority: z.array(NodeId).max(1000).optional(),
      /** For `nearest`: by the zone goods go to, the zones of nodes, the nearest first. */
      nearest: z.record(z.string().max(64), z.array(z.string().max(64)).max(1000)).optional(),
      ...signed,
    })
    .refine(({ by }) => new Set(by).size === by.length, { path: ['by'], message: 'an aim stands twice' })
    .refine(({ by, priority }) => !by.includes('priority') || priority !== undefined, {
      path: ['priority'],
      message: 'by priority, of which nodes?',
    })
    .refine(({ by, nearest }) => !by.includes('nearest') || nearest !== undefined, {
      path: ['nearest'],
      message: 'by nearness, of which zones?',
    }),
  /** How long one side of a two-sided story (a pick without its order …) may wait for the other. */
  matching: z.strictObject({ afterMs: Milliseconds, ...signed }),
  /** By how much a count may differ from the ledger without being a variance: units, or percent of what the ledger has. */
  tolerance: z.union([
    z.strictObject({ quantity: Quantity, ...signed }),
    z.strictObject({ percent: Percent, ...signed }),
  ]),
} as const
export type PolicyKind = keyof typeof PolicyBodies
export type PolicyBody<K extends PolicyKind> = z.infer<(typeof PolicyBodies)[K]>

export const PolicyKinds = Object.keys(PolicyBodies) as PolicyKind[]

/** Of the parts a scope may have, those that a kind can be asked by; anything else would never apply. */
const SCOPE_PARTS: Readonly<Record<PolicyKind, readonly ScopePart[]>> = {
  depletion: ['sku', 'tier', 'channel'],
  safetyStock: ['sku', 'tier', 'node', 'channel'],
  allocation: ['sku', 'tier'],
  atp: ['sku', 'tier'],
  tier: ['sku'],
  tierRule: ['sku'],
  tierSettings: ['tier'],
  ownership: ['node'],
  freshness: ['source', 'node'],
  edgeFallback: ['sku', 'tier'],
  correctionLimit: ['sku', 'node'],
  sourcing: ['channel'],
  hold: ['sku', 'tier', 'channel'],
  matching: ['node'],
  tolerance: ['sku', 'tier', 'node', 'source'],
}

/** Why a scope would never apply to a kind of policy; null when it can. */
export function scopeFault(kind: PolicyKind, scope: string): string | null {
  for (const [part, value] of partsOf(scope)) {
    if (!SCOPE_PARTS[kind].includes(part))
      return `${part}: a ${kind} policy is scoped by ${SCOPE_PARTS[kind].join(', ')} or *`
    if (part === 'tier' && !Tier.safeParse(value).success) return `tier:${value}: the tiers are A, B and C`
  }
  return null
}

const one = <K extends PolicyKind>(kind: K) =>
  z.strictObject({ kind: z.literal(kind), scope: PolicyScope, body: PolicyBodies[kind] })

/** A policy as it travels: the kind and scope beside its body. */
export const Policy = z.discriminatedUnion('kind', [
  one('depletion'),
  one('safetyStock'),
  one('allocation'),
  one('atp'),
  one('tier'),
  one('tierRule'),
  one('tierSettings'),
  one('ownership'),
  one('freshness'),
  one('edgeFallback'),
  one('correctionLimit'),
  one('sourcing'),
  one('hold'),
  one('matching'),
  one('tolerance'),
])
export type Policy = z.infer<typeof Policy>
