import { RECONCILE_EVERY_MS_DEFAULT, type Tier } from '../../shared/domain/tier.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import type { Subject } from '../../shared/domain/policy-scope.ts'
import type { Lot } from '../../shared/domain/ids.ts'
import type { CountReport } from '../../shared/contract/reports.ts'
import type { Books } from '../ledger/core/books.ts'
import { type Count, isAfter } from '../ledger/core/count-order.ts'
import type { CountSeen } from '../ledger/core/effects.ts'
import type { PhysicalState } from '../ledger/core/positions.ts'
import { tierOf } from '../ledger/core/tier-of.ts'
import { percentOf } from '../../shared/domain/quantity.ts'

export type CountLine = CountReport['counts'][number]

type Watched = {
  readonly slot: number
  readonly state: PhysicalState
  readonly count: Count
  readonly standing: CountSeen['standing']
  readonly counted: number
  readonly tier: Tier
  /** What the ledger held as of the count's moment when it was folded, and the deltas up to then that it knew of. */
  readonly ledgerThen: number
  readonly knownThen: number
  readonly coversSince: Instant
  ledger: number
  isSettled: boolean
  dueAt: Instant
}

/** A million positions that all differ are one fault; so many of them can be watched until they agree. */
const WATCHED_MAX = 200_000
/** Looked at in one turn: a few milliseconds of work. The most constrained and most valuable come first. */
const LOOKED_AT_MAX = 5_000

/** How often what is of a tier is looked at, and so how long a fact may be on its way. */
export const cadenceMs = (master: Books['master'], tier: Tier): number =>
  master.tierSettings(tier).reconcileEveryMs ?? RECONCILE_EVERY_MS_DEFAULT[tier]

/**
 * Counts that differ from the ledger, looked at again in the cadence of their tier. A fact that was on its way when the
 * count was folded belongs before its moment, and takes the difference away when it comes; only what still differs then
 * is settled. What an observer's count shows is watched on, until the ledger agrees or a later count takes its place.
 */
export class CountWatch {
  readonly #books: Books
  readonly #watched = new Map<string, Watched>()

  constructor(books: Books) {
    this.#books = books
  }

  get size(): number {
    return this.#watched.size
  }

  /** Counts as they were folded: what is to be told of them. */
  note(seen: readonly CountSeen[], now: Instant): CountLine[] {
    const lines: CountLine[] = []
    for (const { count, standing, compared } of seen) {
      for (const { slot, state, counted, ledger } of compared) {
        const key = `${slot} ${state} ${count.source}`
        this.#watched.delete(key)
        const tier = tierOf(this.#books, this.#books.positions.skuOf(slot), now)
        const settlesAt = count.asOf + this.#cadenceMs(tier)
        const watched: Watched = {
          slot,
          state,
          count,
          standing,
          counted,
          tier,
          ledgerThen: ledger ?? 0,
          knownThen: 0,
          coversSince: this.#books.positions.history.coversSince(slot),
          ledger: ledger ?? 0,
          isSettled: settlesAt <= now,
          dueAt: Math.max(settlesAt, now + this.#cadenceMs(tier)),
        }
        lines.push(this.#line(watched, ledger))
        if (ledger === null || ledger === counted || this.#watched.size >= WATCHED_MAX) continue
        if (standing === 'owner' && watched.isSettled) continue
        if (!watched.isSettled) watched.dueAt = settlesAt
        this.#watched.set(key, { ...watched, knownThen: this.#sumTo(slot, state, count) })
      }
    }
    return lines
  }

  /** After a start: what observers said last is held against the ledger again. */
  recall(now: Instant): CountLine[] {
    const seen: CountSeen[] = []
    for (const [slot, observations] of this.#books.observations.all()) {
      for (const { state, quantity, count } of observations) {
        const compared = this.#books.positions.compare(slot, count, { [state]: quantity })
        if (compared.some(({ ledger }) => ledger !== null && ledger !== quantity))
          seen.push({ count, standing: 'observer', compared })
      }
    }
    return this.note(seen, now)
  }

  /** Looks again at what is due: what has changed since it was told. */
  look(now: Instant): CountLine[] {
    const due: [string, Watched][] = []
    for (const it of this.#watched) if (it[1].dueAt <= now) due.push(it)
    due.sort(([, a], [, b]) => (a.tier < b.tier ? -1 : a.tier > b.tier ? 1 : this.#worth(b) - this.#worth(a)))
    const lines: CountLine[] = []
    for (const [key, watched] of due.slice(0, LOOKED_AT_MAX)) {
      const before = { ledger: watched.ledger, isSettled: watched.isSettled }
      watched.ledger = this.#ledgerNow(watched)
      watched.isSettled = true
      watched.dueAt = now + this.#cadenceMs(watched.tier)
      if (watched.ledger !== before.ledger || !before.isSettled)
        lines.push(this.#line(watched, watched.ledger))
      const isDone = watched.ledger === watched.counted || watched.standing === 'owner'
      if (isDone || this.#books.positions.history.coversSince(watched.slot) !== watched.coversSince)
        this.#watched.delete(key)
    }
    return lines
  }

  /** The ledger as of the count's moment, with what has been heard of the time before it since then. */
  #ledgerNow({ slot, state, count, standing, counted, ledgerThen, knownThen }: Watched): number {
    const { positions } = this.#books
    if (standing === 'observer') {
      const [again] = positions.compare(slot, count, { [state]: counted })
      if (again && again.ledger !== null) return again.ledger
    }
    return ledgerThen + this.#sumTo(slot, state, count) - knownThen
  }

  #sumTo(slot: number, state: PhysicalState, count: Count): number {
    let sum = 0
    for (const delta of this.#books.positions.history.of(slot))
      if (!isAfter(delta, count)) sum += delta[state]
    return sum
  }

  #cadenceMs(tier: Tier): number {
    return cadenceMs(this.#books.master, tier)
  }

  #worth({ slot, counted, ledger }: Watched): number {
    const sku = this.#books.skus.textOf(this.#books.positions.skuOf(slot))
    return Math.abs(counted - ledger) * (this.#books.master.item(sku)?.value ?? 0)
  }

  #line(watched: Watched, ledger: number | null): CountLine {
    const { slot, state, count, standing, counted, tier, isSettled } = watched
    const { positions, skus, nodes, lots, master } = this.#books
    const sku = skus.textOf(positions.skuOf(slot))
    const node = nodes.textOf(positions.nodeOf(slot))
    const lot = positions.lotOf(slot)
    const tolerance = this.#tolerance({ sku, tier, node, source: count.sourceName }, ledger ?? 0)
    return {
      source: count.sourceName,
      sku: sku as CountLine['sku'],
      node: node as CountLine['node'],
      ...(lot < 0 ? {} : { lot: lots.textOf(lot) as Lot }),
      state,
      counted,
      ledger,
      asOf: formatInstant(count.asOf),
      standing,
      value: master.item(sku)?.value ?? null,
      tier,
      isSettled: isSettled || ledger === null || ledger === counted,
      ...(tolerance === 0 ? {} : { tolerance }),
    }
  }

  /** By how many units a count may differ from what the ledger has. */
  #tolerance(subject: Subject, ledger: number): number {
    const policy = this.#books.master.policy('tolerance', subject)
    if (policy === null) return 0
    return 'quantity' in policy ? policy.quantity : percentOf(Math.max(0, ledger), policy.percent)
  }
}
