import type { EventOf, Fact } from '../../shared/contract/events.ts'
import type { Policy, PolicyKind } from '../../shared/domain/policy.ts'
import type { PolicyHistory } from '../ledger/policy-history.ts'

/**
 * Counts the activations of each scope. The number is given at the border and travels in the fact, so that every replica
 * and the centre call a policy by the same version.
 */
export class PolicyVersions {
  readonly #history: PolicyHistory
  /** Given, and not yet known to be on the disk. */
  readonly #given = new Map<string, number>()

  constructor(history: PolicyHistory) {
    this.#history = history
  }

  /** The version that the next activation of a scope will have. */
  next(kind: PolicyKind, scope: string): number {
    return Math.max(this.#history.last(kind, scope), this.#given.get(`${kind}/${scope}`) ?? 0) + 1
  }

  take(kind: PolicyKind, scope: string): number {
    const version = this.next(kind, scope)
    this.#given.set(`${kind}/${scope}`, version)
    return version
  }

  /** The activation is on the disk, or failed: what counts from now on is what the disk says. */
  settle(kind: PolicyKind, scope: string, version: number): void {
    const key = `${kind}/${scope}`
    if (this.#given.get(key) === version) this.#given.delete(key)
  }

  /** A fact with its version: the sender's own count where it has one (the centre), else the next here. */
  numbered(fact: EventOf<'plimsoll.policy.activated'>): Fact {
    const { kind, scope, body } = fact.data
    if (body.version !== undefined) return fact
    const numbered = { ...body, version: this.take(kind, scope) }
    return { ...fact, data: { ...fact.data, body: numbered } as Policy }
  }
}
