import type { Moment } from '../../shared/contract/as-of.ts'
import type { Region, Sku } from '../../shared/domain/ids.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { answerOf } from '../api/availability-answer.ts'
import { type Ask, viewAt, type Wish } from '../api/availability-view.ts'
import { positionsOf } from '../api/positions-answer.ts'
import type { MomentRefusal, RebuiltLedger } from './rebuilt-ledger.ts'

/** What is asked of an earlier moment. */
export type AsOfQuestion =
  | {
      readonly kind: 'availability'
      readonly skus: readonly string[]
      readonly ask: Ask
      readonly wish: Wish
    }
  | { readonly kind: 'positions'; readonly sku: Sku; readonly withObservations: boolean }

export type AsOfAnswer =
  | { readonly code: 'done'; readonly results: readonly unknown[] }
  | { readonly code: 'unknown-node' }
  | MomentRefusal

/** Null stands for a sku that was no item at that moment. */
export function answerAt(
  rebuilt: RebuiltLedger,
  region: Region,
  { moment, question }: { readonly moment: Moment; readonly question: AsOfQuestion },
  now: Instant,
): AsOfAnswer {
  const found = rebuilt.at(moment, now)
  if (!found.ok) return found.error
  const { ledger, at } = found.value
  const { books } = ledger
  if (question.kind === 'positions') {
    const isKnown = books.master.item(question.sku) !== undefined
    return {
      code: 'done',
      results: [isKnown ? positionsOf(books, question.sku, at, question.withObservations) : null],
    }
  }
  const { skus, ask, wish } = question
  if (ask.node !== undefined && !books.master.node(ask.node)) return { code: 'unknown-node' }
  const view = viewAt(region, books, ledger.sequence, at)
  return { code: 'done', results: skus.map((sku) => answerOf(view, sku, ask, wish)) }
}
