import { startOfDay, type Instant } from '../../../shared/kernel/clock.ts'
import type { Books } from './books.ts'
import type { Effects } from './effects.ts'
import type { NodeCondition } from './silence.ts'

/**
 * What changes without a fact: holds end, sources fall silent, policies begin and cease to hold, and rules that count
 * days see another day. What is
 * published is of the moment it was last told, so that the ledger and the edge can be compared digest by digest.
 */
export class PassingTime {
  readonly #books: Books
  readonly #conditions = new Map<string, NodeCondition>()
  /** The moment that was passed last. */
  at: Instant = 0
  /** Grows when a node's source falls silent or is heard again. */
  version = 0

  constructor(books: Books) {
    this.#books = books
  }

  pass(now: Instant, effects: Effects): void {
    for (const sku of this.#books.demand.lapse(now)) effects.skus.add(sku)
    this.#watch(now, effects)
    const { master } = this.#books
    // A clock that was set back turns them the other way.
    for (const scope of master.turning(Math.min(this.at, now), Math.max(this.at, now)))
      effects.scopes.add(scope)
    if (startOfDay(now) !== startOfDay(this.at) && master.has('tierRule')) effects.scopes.add('*')
    this.at = now
  }

  #watch(now: Instant, effects: Effects): void {
    const { master, silence } = this.#books
    for (const node of master.all('node').keys()) {
      const before = this.#conditions.get(node)
      const after = silence.conditionOf(node, now)
      this.#conditions.set(node, after)
      if (before?.condition === after.condition && isSameStep(before.step, after.step)) continue
      this.version++
      if (changesFigures(before) || changesFigures(after)) effects.scopes.add(`node:${node}`)
    }
  }
}

const changesFigures = (it: NodeCondition | undefined): boolean =>
  it !== undefined && it.step.action !== 'serve'

const isSameStep = (a: NodeCondition['step'], b: NodeCondition['step']): boolean =>
  a.action === b.action && a.percent === b.percent
