import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import type { Refusal } from '../connectors/connector.ts'
import type { ExceptionBook } from '../inbox/exception-book.ts'
import { HUB_SOURCE } from '../inbox/own-sources.ts'
import type { Books } from '../ledger/core/books.ts'
import { type OneSided, oneSidedIn } from '../ledger/core/one-sided.ts'

/** While a system is away everything of its half is missing; the first few hundred say so as well as all. */
const RAISED_AT_ONCE_MAX = 200
const PREFIX = 'unmatched-'

/**
 * Raises what stays one-sided past its policy's time as an exception, and settles it by itself when the other side comes.
 * What an operator has discarded is not raised again.
 */
export class OneSidedWatch {
  readonly #books: Books
  readonly #exceptions: ExceptionBook

  constructor(books: Books, exceptions: ExceptionBook) {
    this.#books = books
    this.#exceptions = exceptions
  }

  /** Whether an exception is one of these: it has no bytes of a system's to be tried again. */
  isOne = (id: string): boolean => id.startsWith(PREFIX)

  look(now: Instant): void {
    const standing = new Set<string>()
    let raised = 0
    for (const story of oneSidedIn(this.#books)) {
      if (story.overdueAt > now) continue
      const id = PREFIX + story.key
      standing.add(id)
      if (raised >= RAISED_AT_ONCE_MAX || this.#exceptions.get(id)) continue
      this.#raise(id, story)
      raised++
    }
    for (const id of this.#exceptions.openIdsOf('unmatched'))
      if (this.isOne(id) && !standing.has(id)) this.#exceptions.settle(id, 'replayed')
  }

  /** What of one is still missing; nothing when the other side has come. Null when there is no such exception. */
  stillMissing(id: string): readonly Refusal[] | null {
    if (!this.#exceptions.get(id)) return null
    for (const story of oneSidedIn(this.#books)) if (PREFIX + story.key === id) return [refusalOf(story)]
    return []
  }

  /** Looks at one again, and settles it when nothing is missing any more. */
  again(id: string): readonly Refusal[] | null {
    const missing = this.stillMissing(id)
    if (missing?.length === 0) this.#exceptions.settle(id, 'replayed')
    return missing
  }

  #raise(id: string, story: OneSided): void {
    const body = { ...story.told, heardAt: formatInstant(story.heardAt) }
    this.#exceptions.keep(id, {
      stage: 'ledger',
      message: {
        source: HUB_SOURCE,
        body: new TextEncoder().encode(JSON.stringify(body)),
        contentType: 'application/json',
        headers: {},
        receivedAt: story.heardAt,
      },
      refusals: [refusalOf(story)],
      correlationId: String(story.told['orderRef'] ?? story.told['transfer']),
    })
  }
}

const refusalOf = ({ code, detail }: OneSided): Refusal => ({ class: 'unmatched', code, detail })
