import type { Instant } from '../../../shared/kernel/clock.ts'

/** What is wanted on a line, by an order or by a hold. */
export type LineWant = {
  readonly quantity: number
  /** What was asked for, where less could be held. */
  readonly asked?: number | undefined
  /** The node the line is pinned to, interned; -1 when any node may serve it. */
  readonly node: number
  /** -1: due now. */
  readonly dueAt: Instant
  readonly demandClass: string
}
