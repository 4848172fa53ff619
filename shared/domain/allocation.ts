import type { AllocationRule } from './policy.ts'

/**
 * Sharing the pool among demand classes. The region and the edge compute a channel's figure with this same function,
 * from the same few numbers, so a snapshot carries the inputs and not one figure a channel.
 */
export type AllocationInputs = {
  /** G: sellable after safety stock, summed over nodes, each at least 0. */
  readonly gross: number
  /** What is left for everybody: node ATS summed (each at least 0) less demand not assigned to a node. May be negative. */
  readonly pool: number
  /** C_k of the classes that a rule names, as the depletion policy counts demand; absent means 0. */
  readonly demandByClass: ReadonlyMap<string, number>
  /** The demand of all classes together, named by a rule or not. */
  readonly demandTotal: number
}

export type ClassFigure = {
  readonly availableToSell: number
  /** The numbers it came from, for explain. */
  readonly fence: number
  readonly used: number
  readonly sharedLeft: number
  readonly cappedAt: number | null
  readonly buffer: number
  readonly minPublish: number
}

/**
 * ATS_k = max(0, min(cap_k − C_k, pool, fence_k − used_k + max(0, sharedLeft)) − buffer_k), and 0 under minPublish_k.
 * A class without a rule has no fence, no cap and no buffer: it sells from the shared part.
 */
export function allocate(
  inputs: AllocationInputs,
  rules: readonly AllocationRule[],
  demandClass: string,
): ClassFigure {
  let left = Math.max(0, inputs.gross)
  let fences = 0
  let usedOfFences = 0
  let own = { fence: 0, used: 0 }
  for (const rule of inPriority(rules)) {
    const fence = Math.min(left, wanted(rule, inputs.gross))
    const used = Math.min(inputs.demandByClass.get(rule.class) ?? 0, fence)
    left -= fence
    fences += fence
    usedOfFences += used
    if (rule.class === demandClass) own = { fence, used }
  }
  const rule = rules.find((r) => r.class === demandClass)
  const sharedLeft = inputs.gross - fences - (inputs.demandTotal - usedOfFences)
  const cappedAt = rule?.cap === undefined ? null : rule.cap - (inputs.demandByClass.get(demandClass) ?? 0)
  const buffer = rule?.buffer ?? 0
  const minPublish = rule?.minPublish ?? 0
  const within = Math.min(
    cappedAt ?? Number.POSITIVE_INFINITY,
    inputs.pool,
    own.fence - own.used + Math.max(0, sharedLeft),
  )
  const figure = Math.max(0, within - buffer)
  return {
    availableToSell: figure < minPublish ? 0 : figure,
    ...own,
    sharedLeft,
    cappedAt,
    buffer,
    minPublish,
  }
}

/** What all fences together leave for a caller that names no channel: the pool itself, never negative. */
export const unallocated = (inputs: AllocationInputs): number => Math.max(0, inputs.pool)

const PRIORITY_DEFAULT = 100

function inPriority(rules: readonly AllocationRule[]): readonly AllocationRule[] {
  if (rules.length < 2) return rules
  return [...rules].sort(
    (a, b) =>
      (a.priority ?? PRIORITY_DEFAULT) - (b.priority ?? PRIORITY_DEFAULT) || (a.class < b.class ? -1 : 1),
  )
}

function wanted(rule: AllocationRule, gross: number): number {
  if (!rule.ringFence) return 0
  if ('quantity' in rule.ringFence) return rule.ringFence.quantity
  return Math.floor((Math.max(0, gross) * rule.ringFence.percent) / 100)
}
