import type { Policy, PolicyKind } from '../../../shared/domain/policy.ts'
import { partsOf, specificity, type Subject, tidyScope } from '../../../shared/domain/policy-scope.ts'
import { type Instant, parseInstant } from '../../../shared/kernel/clock.ts'

const NO_SCOPES: ReadonlyMap<string, Policy> = new Map()

/**
 * Policies by kind and scope, so that the most specific one is looked up and not searched for: a region may have a
 * safety stock for every sku, and asks for it at every change.
 */
export class PolicyIndex {
  readonly #byKind = new Map<PolicyKind, Map<string, Policy>>()
  readonly #channels = new Map<PolicyKind, Set<string>>()
  /** Policies that hold for a time only. */
  readonly #boxes = new Map<Policy['body'], TimeBox>()

  put(policy: Policy): void {
    let scopes = this.#byKind.get(policy.kind)
    if (!scopes) this.#byKind.set(policy.kind, (scopes = new Map()))
    const scope = tidyScope(policy.scope)
    const replaced = scopes.get(scope)
    if (replaced) this.#boxes.delete(replaced.body)
    scopes.set(scope, policy)
    const box = boxOf(policy)
    if (box) this.#boxes.set(policy.body, box)
    for (const [part, channel] of partsOf(scope))
      if (part === 'channel') this.#noteChannel(policy.kind, channel)
  }

  /** The same with some put besides, of which this one knows nothing. */
  with(policies: Iterable<Policy>): PolicyIndex {
    const index = new PolicyIndex()
    for (const scopes of this.#byKind.values()) for (const policy of scopes.values()) index.put(policy)
    for (const policy of policies) index.put(policy)
    return index
  }

  /** The latest of the centre's activations among them; 0 when none is the centre's. */
  revision(): number {
    let latest = 0
    for (const scopes of this.#byKind.values())
      for (const { body } of scopes.values()) latest = Math.max(latest, body.revision ?? 0)
    return latest
  }

  /** The channels that policies of a kind name, in order. */
  channelsOf = (kind: PolicyKind): ReadonlySet<string> => this.#channels.get(kind) ?? NO_CHANNELS

  /** Scopes of policies that begin or cease to hold after one moment and up to another. */
  turning(after: Instant, upTo: Instant): string[] {
    const scopes: string[] = []
    for (const { scope, from, until } of this.#boxes.values())
      if (isWithin(from, after, upTo) || isWithin(until, after, upTo)) scopes.push(scope)
    return scopes
  }

  has = (kind: PolicyKind): boolean => (this.#byKind.get(kind)?.size ?? 0) > 0

  /** All of a kind. */
  of<K extends PolicyKind>(kind: K): Iterable<Extract<Policy, { kind: K }>> {
    return (this.#byKind.get(kind) ?? NO_SCOPES).values() as Iterable<Extract<Policy, { kind: K }>>
  }

  /** The policy whose scope names most of the subject, of those that hold at a moment; null when none applies. */
  find(kind: PolicyKind, subject: Subject, now?: Instant): Policy | null {
    const scopes = this.#byKind.get(kind) ?? NO_SCOPES
    if (scopes.size === 0) return null
    const everywhere = scopes.get('*')
    let best: Policy | undefined = everywhere && this.#holds(everywhere, now) ? everywhere : undefined
    let bestWeight = best ? 0 : -1
    for (const scope of scopes.size < FEW ? scopes.keys() : scopesOf(subject)) {
      const policy = scopes.get(scope)
      const weight = policy ? specificity(scope, subject) : -1
      if (weight > bestWeight && this.#holds(policy!, now)) [best, bestWeight] = [policy, weight]
    }
    return best ?? null
  }

  /** Asked without a moment, a policy holds whatever its time. */
  #holds({ body }: Policy, now: Instant | undefined): boolean {
    const box = now === undefined || this.#boxes.size === 0 ? undefined : this.#boxes.get(body)
    return box === undefined || (box.from <= now! && now! < box.until)
  }

  #noteChannel(kind: PolicyKind, channel: string): void {
    const known = this.#channels.get(kind)
    if (!known?.has(channel)) this.#channels.set(kind, new Set([...(known ?? []), channel].sort()))
  }
}

/** From its first moment to the first at which it no longer holds. */
type TimeBox = { readonly scope: string; readonly from: Instant; readonly until: Instant }

function boxOf({ scope, body }: Policy): TimeBox | null {
  const { from, until } = body as { from?: string; until?: string }
  if (from === undefined && until === undefined) return null
  return {
    scope,
    from: from === undefined ? Number.NEGATIVE_INFINITY : parseInstant(from)!,
    until: until === undefined ? Number.POSITIVE_INFINITY : parseInstant(until)!,
  }
}

const isWithin = (at: Instant, after: Instant, upTo: Instant): boolean => after < at && at <= upTo
const NO_CHANNELS: ReadonlySet<string> = new Set()

/** Under so many policies of a kind, trying each is quicker than writing down what could apply. */
const FEW = 8

/** Every scope that applies to a subject: each choice of its parts. */
function scopesOf(subject: Subject): string[] {
  const parts = Object.entries(subject)
    .filter(([, value]) => value !== undefined)
    .map(([kind, value]) => `${kind}:${value}`)
    .sort()
  let scopes: string[] = ['']
  for (const part of parts)
    scopes = [...scopes, ...scopes.map((scope) => (scope === '' ? part : `${scope},${part}`))]
  return scopes.slice(1)
}
