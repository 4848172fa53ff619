import * as z from 'zod'
import type { Rules } from '../../shared/contract/push.ts'
import { Channel, NodeId, type Region, Segment } from '../../shared/domain/ids.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import type { Books } from '../ledger/core/books.ts'
import { rulesOf } from '../ledger/core/snapshot-row.ts'

/** Who asks, and of which place. */
export const Ask = z.strictObject({
  channel: Channel.optional(),
  segment: Segment.optional(),
  node: NodeId.optional(),
})
export type Ask = z.infer<typeof Ask>

/** What an answer tells beyond the figure. */
export type Wish = { readonly explain?: boolean; readonly substitutes?: boolean }

/** A region's books at a moment: now's, or as they were. */
export type View = {
  readonly region: Region
  readonly books: Books
  /** The journal sequence that the books reflect. */
  readonly version: number
  readonly now: Instant
  /** Of that moment, made once for all skus of a query. */
  readonly rules: Rules
}

/** The view of given books at a moment. */
export function viewAt(region: Region, books: Books, version: number, now: Instant): View {
  return { region, books, version, now, rules: rulesOf(books, version, now) }
}
