import type { Logger } from 'pino'
import { EdgeTold } from '../../shared/contract/edge-api.ts'
import type { HeartbeatReport, JournalReport, Report } from '../../shared/contract/reports.ts'
import { reportsSubject } from '../../shared/contract/subjects.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import type { Bus } from '../../shared/node/nats.ts'
import type { ExceptionBook } from '../inbox/exception-book.ts'
import type { ReservedAgain } from '../orders/reserved-again.ts'
import type { SystemQueue } from '../orders/order-runner.ts'
import type { StockWatch } from '../reconcile/stock-watch.ts'
import type { CountSeen } from '../ledger/core/effects.ts'
import type { Ledger } from '../ledger/core/ledger.ts'
import type { EdgeDigests, Publisher } from '../snapshots/publisher.ts'
import { cadenceMs, type CountLine, CountWatch } from '../reconcile/count-watch.ts'
import { nodeWords, sourceWords } from './source-words.ts'

const HEARTBEAT_MS = 1_000
const JOURNAL_EVERY_BEATS = 5
/** A report stays well under NATS' payload limit. */
const COUNTS_PER_REPORT_MAX = 1_000
/** Counts that come by the thousand are told by the thousand, and one by itself soon. */
const COUNTS_TOLD_AFTER_MS = 100

type Parts = {
  readonly bus: Bus
  readonly region: string
  readonly epoch: number
  readonly clock: Clock
  readonly log: Logger
  readonly ledger: Ledger
  readonly publisher: Publisher
  readonly exceptions: ExceptionBook
  readonly tellExceptions: () => Promise<void>
  readonly factsBehind: () => Promise<number>
  readonly stock: StockWatch
  readonly systems: () => readonly SystemQueue[]
  readonly feeds: () => HeartbeatReport['feeds']
  readonly again: ReservedAgain
  readonly digests: () => JournalReport['streams']
}

/** Tells the centre how this region is: heartbeats, counts beside the ledger, shard digests, and dead letters. */
export class Reporter {
  readonly #parts: Parts
  readonly #watch: CountWatch
  #counts: CountLine[] = []
  #telling: NodeJS.Timeout | null = null
  #isTelling = false
  #timer: NodeJS.Timeout | null = null
  #busy = false
  #beats = 0

  constructor(parts: Parts) {
    this.#parts = parts
    this.#watch = new CountWatch(parts.ledger.books)
  }

  start(): void {
    this.#tell(this.#watch.recall(this.#parts.clock.now()))
    this.#timer = setInterval(() => void this.#beat(), HEARTBEAT_MS)
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    if (this.#telling) clearTimeout(this.#telling)
  }

  noteCounts(seen: readonly CountSeen[]): void {
    if (seen.length > 0) this.#tell(this.#watch.note(seen, this.#parts.clock.now()))
  }

  #tell(lines: readonly CountLine[]): void {
    for (const line of lines) this.#counts.push(line)
    if (lines.length > 0) this.#telling ??= setTimeout(() => void this.#tellCounts(), COUNTS_TOLD_AFTER_MS)
  }

  async #beat(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      this.#parts.stock.look(this.#parts.clock.now())
      await this.#report(await this.#heartbeat())
      this.#tell(this.#watch.look(this.#parts.clock.now()))
      if (++this.#beats % JOURNAL_EVERY_BEATS === 0)
        await this.#report({ ...this.#head('journal'), streams: this.#parts.digests() })
      await this.#parts.tellExceptions()
    } catch (error) {
      this.#parts.log.warn({ error: String(error) }, 'a report could not be published')
    } finally {
      this.#busy = false
    }
  }

  /** In their order; what could not be told is told with the next. */
  async #tellCounts(): Promise<void> {
    this.#telling = null
    if (this.#isTelling) return
    this.#isTelling = true
    try {
      while (this.#counts.length > 0) {
        const counts = this.#counts.slice(0, COUNTS_PER_REPORT_MAX)
        await this.#report({ ...this.#head('counts'), counts })
        this.#counts.splice(0, counts.length)
      }
    } catch (error) {
      this.#parts.log.warn({ error: String(error) }, 'counts could not be reported; trying on')
      this.#telling ??= setTimeout(() => void this.#tellCounts(), HEARTBEAT_MS)
    } finally {
      this.#isTelling = false
    }
  }

  #head<K extends Report['kind']>(kind: K): { kind: K; region: Report['region']; at: string } {
    return {
      kind,
      region: this.#parts.region as Report['region'],
      at: formatInstant(this.#parts.clock.now()),
    }
  }

  async #heartbeat(): Promise<Report> {
    const { ledger, publisher, exceptions, epoch, stock, systems, feeds, factsBehind, again, clock } =
      this.#parts
    const { books } = ledger
    const cadence = (tier: Tier): number => cadenceMs(books.master, tier)
    return {
      ...this.#head('heartbeat'),
      epoch,
      journalSequence: ledger.sequence,
      factsApplied: ledger.sequence,
      factsDuplicate: ledger.duplicates,
      factsBehind: await factsBehind(),
      exceptionsOpen: exceptions.countOpen(),
      skus: books.master.all('item').size,
      edge: EdgeTold.parse(publisher.status()),
      sources: sourceWords(books, nodeWords(books, this.#parts.clock.now())),
      stock: stock.report(),
      systems: systems().map(({ system, state, waiting, stuck, oldestMs }) => ({
        system,
        state,
        waiting,
        stuck,
        oldestMs,
      })),
      feeds: feeds(),
      reconcileEveryMs: { A: cadence('A'), B: cadence('B'), C: cadence('C') },
      reservedAgain: again.report(clock.now()),
    }
  }

  /** At once: they are of the version that the edge holds at this moment. */
  reportDigests({ version, digests }: EdgeDigests): void {
    this.#report({
      ...this.#head('digests'),
      epoch: this.#parts.epoch,
      version,
      digests: [...digests],
    }).catch((error: unknown) =>
      this.#parts.log.warn({ error: String(error) }, 'the digests could not be published'),
    )
  }

  async #report(report: Report): Promise<void> {
    await this.#parts.bus.js.publish(reportsSubject(this.#parts.region, report.kind), JSON.stringify(report))
  }
}
