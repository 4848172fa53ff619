import type { Logger } from 'pino'
import type { PolicyKind } from '../../shared/domain/policy.ts'
import type { Clock } from '../../shared/kernel/clock.ts'
import type { Bus } from '../../shared/node/nats.ts'
import type { RegionApis } from '../reconcile/region-apis.ts'
import type { Database } from '../store/database.ts'
import { PolicyBook } from './policy-book.ts'
import { PolicyDesk } from './policy-desk.ts'
import { PolicyPublisher } from './policy-publisher.ts'
import { PolicyPreviews, PREVIEW_WITHIN_MS } from './policy-preview.ts'

type Parts = {
  readonly bus: Bus
  readonly db: Database
  readonly apis: RegionApis
  readonly regions: readonly string[]
  readonly secondPersonFor: readonly PolicyKind[]
  readonly clock: Clock
  readonly log: Logger
}

/** The centre's policies, joined: the book, the desk that changes it, and what carries it to the regions. */
export class Policies {
  readonly book: PolicyBook
  readonly desk: PolicyDesk
  readonly preview: PolicyPreviews
  readonly #publisher: PolicyPublisher

  constructor({ bus, db, apis, regions, secondPersonFor, clock, log }: Parts) {
    this.book = new PolicyBook(db, secondPersonFor)
    this.#publisher = new PolicyPublisher({ bus, book: this.book, regions, log })
    this.desk = new PolicyDesk({
      book: this.book,
      regions,
      clock,
      onActivated: () => this.#publisher.publish(),
    })
    this.preview = new PolicyPreviews(regions, (region, json) =>
      apis.ask(region, '/v1/policies:preview', { json, withinMs: PREVIEW_WITHIN_MS }),
    )
  }

  start(): void {
    this.#publisher.publish()
  }

  stop(): Promise<void> {
    return this.#publisher.stop()
  }
}
