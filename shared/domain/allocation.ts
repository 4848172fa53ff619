import { channelOf, type DemandClass } from './ids.ts'
import type { AllocationRule } from './allocation-rule.ts'
import { percentOf } from './quantity.ts'

/**
 * Sharing the pool among demand classes. The region and the edge compute a channel's figure with this same function,
 * from the same few numbers, so a snapshot carries the inputs and not one figure a channel.
 */
export type AllocationInputs = {
  /** G: sellable after safety stock, summed over nodes, each at least 0. */
  readonly gross: number
  /** What is left for everybody: node ATS summed (each at least 0) less demand not assigned to a node. May be negative. */
  readonly pool: number
  /** Open demand by full class (`channel` or `channel/segment`), as the depletion policy counts it; absent means 0. */
  readonly demandByClass: ReadonlyMap<DemandClass, number>
  /** The demand of all classes together. */
  readonly demandTotal: number
  /** Channels that have a safety stock of their own see another gross and pool; absent, or not in it: as above. */
  readonly byChannel?: ReadonlyMap<string, ChannelPool> | undefined
}

/** What there is to share. */
export type Pool = { readonly gross: number; readonly pool: number }

/** The same as one channel sees it, with what it may sell from each node alone. */
export type ChannelPool = Pool & { readonly nodes: readonly NodeOffer[] }

export type NodeOffer = { readonly node: string; readonly availableToSell: number }

/** What a channel, or (undefined) nobody in particular, sees of the stock. */
export const poolOf = (inputs: AllocationInputs, channel: string | undefined): Pool =>
  (channel === undefined ? undefined : inputs.byChannel?.get(channel)) ?? inputs

export type ClassFigure = {
  readonly availableToSell: number
  /** The numbers it came from, for explain. */
  readonly fence: number
  readonly used: number
  readonly demand: number
  readonly sharedLeft: number
  readonly cappedAt: number | null
  readonly buffer: number
  readonly minPublish: number
}

/**
 * The class whose rule covers a class: itself when a rule names it, else its channel when a rule names that. So a rule
 * for `b2b-portal` covers the demand of `b2b-portal/gold` until gold has a rule of its own.
 */
export function coveringClass(rules: readonly AllocationRule[], demandClass: DemandClass): DemandClass {
  const slash = demandClass.indexOf('/')
  if (slash < 0 || rules.some((rule) => rule.class === demandClass)) return demandClass
  const channel = demandClass.slice(0, slash)
  return rules.some((rule) => rule.class === channel) ? channel : demandClass
}

/**
 * ATS_k = max(0, min(cap_k − C_k, pool, fence_k − used_k + max(0, sharedLeft)) − buffer_k), and 0 under minPublish_k.
 * A class without a rule has no fence, no cap and no buffer: it sells from the shared part.
 */
export function allocate(
  inputs: AllocationInputs,
  rules: readonly AllocationRule[],
  demandClass: DemandClass,
): ClassFigure {
  // An answer tells today's figure twice: as what may be sold, and as the first day of what can be promised.
  if (last?.inputs === inputs && last.rules === rules && last.demandClass === demandClass) return last.figure
  const figure = allocated(inputs, rules, demandClass)
  last = { inputs, rules, demandClass, figure }
  return figure
}

let last: {
  readonly inputs: AllocationInputs
  readonly rules: readonly AllocationRule[]
  readonly demandClass: DemandClass
  readonly figure: ClassFigure
} | null = null

function allocated(
  inputs: AllocationInputs,
  rules: readonly AllocationRule[],
  demandClass: DemandClass,
): ClassFigure {
  const asked = coveringClass(rules, demandClass)
  const demandOf = demandByCovering(inputs, rules)
  const { gross, pool } = poolOf(inputs, channelOf(demandClass))
  const { inPriority, byClass } = inOrder(rules)
  let left = Math.max(0, gross)
  let fences = 0
  let usedOfFences = 0
  let [ownFence, ownUsed] = [0, 0]
  for (const rule of inPriority) {
    const fence = Math.min(left, wanted(rule, gross))
    const used = Math.min(demandOf.get(rule.class) ?? 0, fence)
    left -= fence
    fences += fence
    usedOfFences += used
    if (rule.class === asked) [ownFence, ownUsed] = [fence, used]
  }
  const rule = byClass.get(asked)
  const demand = demandOf.get(asked) ?? 0
  const sharedLeft = gross - fences - (inputs.demandTotal - usedOfFences)
  const cappedAt = rule?.cap === undefined ? null : rule.cap - demand
  const buffer = rule?.buffer ?? 0
  const minPublish = rule?.minPublish ?? 0
  const offered = ownFence - ownUsed + Math.max(0, sharedLeft)
  const figure = Math.max(0, Math.min(cappedAt ?? Number.POSITIVE_INFINITY, pool, offered) - buffer)
  return {
    availableToSell: figure < minPublish ? 0 : figure,
    fence: ownFence,
    used: ownUsed,
    demand,
    sharedLeft,
    cappedAt,
    buffer,
    minPublish,
  }
}

/** For a caller that names no channel: the pool itself, never negative. */
export const unallocated = (inputs: AllocationInputs): number => Math.max(0, inputs.pool)

const PRIORITY_DEFAULT = 100

type Ordered = {
  readonly inPriority: readonly AllocationRule[]
  readonly byClass: ReadonlyMap<DemandClass, AllocationRule>
}

/** By list of rules: one list serves thousands of skus, and is never changed. */
const ordered = new WeakMap<readonly AllocationRule[], Ordered>()

function inOrder(rules: readonly AllocationRule[]): Ordered {
  let known = ordered.get(rules)
  if (!known) {
    const inPriority = rules.toSorted(
      (a, b) =>
        (a.priority ?? PRIORITY_DEFAULT) - (b.priority ?? PRIORITY_DEFAULT) || (a.class < b.class ? -1 : 1),
    )
    ordered.set(
      rules,
      (known = { inPriority, byClass: new Map(rules.toReversed().map((rule) => [rule.class, rule])) }),
    )
  }
  return known
}

function wanted(rule: AllocationRule, gross: number): number {
  if (!rule.ringFence) return 0
  if ('quantity' in rule.ringFence) return rule.ringFence.quantity
  return percentOf(Math.max(0, gross), rule.ringFence.percent)
}

/** C_k by covering class: the demand of every class that it covers. */
function demandByCovering(
  { demandByClass }: AllocationInputs,
  rules: readonly AllocationRule[],
): ReadonlyMap<DemandClass, number> {
  if (demandByClass.size === 0) return demandByClass
  const sums = new Map<DemandClass, number>()
  for (const [demandClass, demand] of demandByClass) {
    const covering = coveringClass(rules, demandClass)
    sums.set(covering, (sums.get(covering) ?? 0) + demand)
  }
  return sums
}
