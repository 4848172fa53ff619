import type { PushHeader } from '../../shared/contract/push.ts'
import { parseInstant } from '../../shared/kernel/clock.ts'
import type { Head } from './region-store.ts'

export type Verdict =
  | { readonly kind: 'apply'; readonly replacesAll: boolean }
  /** A part of a fresh start: kept aside until the last one comes. */
  | { readonly kind: 'stage' }
  /** Already here: a resend, or an older push that came late. */
  | { readonly kind: 'repeated' }
  /** It doesn't follow on; the region resends from what is held. */
  | { readonly kind: 'gap'; readonly detail: string }
  | { readonly kind: 'incomplete'; readonly detail: string }

/**
 * Whether a push follows on what is held: the same writer's next, or a fresh start that carries everything.
 *
 *   epoch    fromVersion   toVersion
 *   lower    any           any          gap: that writer has been replaced
 *   same     any           below held   repeated
 *   same     = held        = held       apply when its asOf is newer (a heartbeat), else repeated
 *   same     = held        above        apply
 *   same     0             ≥ held       apply, replacing all (a repair)
 *   higher   0             any          apply, replacing all; or stage, where more parts follow
 *   higher   above 0       any          gap
 */
export function judgePush(held: Head | null, push: PushHeader): Verdict {
  // Whether the parts before the last carried the rest is seen when they are put together.
  const carriesAll = push.shards.length === push.shardCount || push.part === 'last'
  const isSuccession = held !== null && push.epoch === held.epoch
  if (held && push.epoch < held.epoch) return gap(`epoch ${push.epoch} has been replaced by ${held.epoch}`)
  if (isSuccession) {
    const isAhead = push.toVersion > held.version
    const isLater = push.toVersion === held.version && parseInstant(push.asOf)! > held.asOf
    if (!isAhead && !isLater) return { kind: 'repeated' }
    if (push.fromVersion === held.version && !(push.fromVersion === 0 && (carriesAll || push.part))) {
      if (push.shardCount === held.shardCount) return { kind: 'apply', replacesAll: false }
      return { kind: 'incomplete', detail: 'another shard count needs a push from version 0' }
    }
  }
  if (push.fromVersion !== 0) return gap(`it follows on ${push.fromVersion}, which is not what is here`)
  if (push.part === 'more') return { kind: 'stage' }
  if (!carriesAll)
    return { kind: 'incomplete', detail: `a push from version 0 carries all ${push.shardCount} shards` }
  return { kind: 'apply', replacesAll: true }
}

const gap = (detail: string): Verdict => ({ kind: 'gap', detail })
