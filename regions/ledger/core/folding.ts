import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Books } from './books.ts'
import type { Effects } from './effects.ts'

/** What the folding of one fact works on: the books, what to tell of it, when it happened and when the hub heard it. */
export type Folding = {
  readonly books: Books
  readonly effects: Effects
  readonly time: Instant
  readonly heardAt: Instant
}
