import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { uuidv7 } from 'uuidv7'
import { type StreamName, STREAMS } from '../shared/contract/subjects.ts'
import type { Clock } from '../shared/kernel/clock.ts'
import { type Bus, connectBus, ensureStream } from '../shared/node/nats.ts'
import type { RegionConfig } from './config.ts'
import type { Refusal } from './connectors/connector.ts'
import { conflictRefusal } from './inbox/conflict.ts'
import { ExceptionBook } from './inbox/exception-book.ts'
import { Inbox } from './inbox/inbox.ts'
import { SourceSecrets } from './inbox/source-secrets.ts'
import { type Effects, newEffects } from './ledger/core/effects.ts'
import { skusIn } from './ledger/core/scope-skus.ts'
import { LedgerLoop } from './ledger/ledger-loop.ts'
import { JournalSearch } from './ledger/journal-search.ts'
import { type Committed, LedgerWriter } from './ledger/ledger-writer.ts'
import { openEpoch } from './ops/election.ts'
import { OneSidedWatch } from './ops/one-sided-watch.ts'
import { Reporter } from './ops/reporter.ts'
import { EdgeClient } from './snapshots/edge-client.ts'
import { Publisher } from './snapshots/publisher.ts'
import { openDatabase } from './store/database.ts'

const DAY_MS = 86_400_000

/** The journal keeps facts for good; the streams carry them, and are kept long enough for a centre that was away. */
const KEPT_MS: Record<StreamName, number> = {
  INBOUND: 7 * DAY_MS,
  FACTS: 30 * DAY_MS,
  DECISIONS: 30 * DAY_MS,
  EXCEPTIONS: 30 * DAY_MS,
  REPORTS: DAY_MS,
}

const PRUNE_EVERY_MS = 3_600_000

/** Holds end and sources fall silent without a fact: so late may the edge hear of it. */
const TIME_PASSES_EVERY_MS = 250

/** Stories are one-sided for hours before they count as exceptions. */
const ONE_SIDED_EVERY_MS = 15_000

const EPOCH = 'epoch'

/** One region's hub, joined: inbox, ledger, publisher and reporter over one database and one NATS connection. */
export class RegionHub {
  readonly region: RegionConfig['region']
  readonly writer: LedgerWriter
  readonly loop: LedgerLoop
  readonly inbox: Inbox
  readonly exceptions: ExceptionBook
  readonly publisher: Publisher
  readonly secrets: SourceSecrets
  readonly search: JournalSearch
  readonly oneSided: OneSidedWatch
  readonly clock: Clock
  readonly epoch: number
  readonly #reporter: Reporter
  readonly #bus: Bus
  readonly #log: Logger
  readonly #close: () => void
  #timers: NodeJS.Timeout[] = []
  #replaying: 'no' | 'yes' | 'again' = 'no'

  static async start(config: RegionConfig, clock: Clock, log: Logger): Promise<RegionHub> {
    mkdirSync(config.dataDir, { recursive: true })
    const database = openDatabase(join(config.dataDir, 'region.db'))
    const writer = new LedgerWriter(database, clock)
    const bus = await connectBus(`region-${config.region}`, config.nats)
    for (const name of Object.keys(STREAMS) as StreamName[]) {
      await ensureStream(bus, {
        name,
        subjects: STREAMS[name].subjects(config.region),
        maxAgeMs: KEPT_MS[name],
      })
    }
    const epoch = await openEpoch(bus, config.region, {
      previous: writer.journal.number(EPOCH),
      id: uuidv7(),
      now: clock.now(),
    })
    writer.journal.setNumber(EPOCH, epoch)
    const hub = new RegionHub({ config, clock, log, bus, writer, database, epoch })
    await hub.loop.start()
    await hub.inbox.start()
    hub.publisher.start()
    hub.#reporter.start()
    hub.#timers = [
      setInterval(() => hub.inbox.prune(), PRUNE_EVERY_MS),
      setInterval(() => hub.#passTime(), TIME_PASSES_EVERY_MS),
      setInterval(() => hub.oneSided.look(hub.clock.now()), ONE_SIDED_EVERY_MS),
    ]
    log.info({ epoch, sequence: writer.ledger.sequence }, 'the region is open')
    return hub
  }

  private constructor(parts: {
    config: RegionConfig
    clock: Clock
    log: Logger
    bus: Bus
    writer: LedgerWriter
    database: ReturnType<typeof openDatabase>
    epoch: number
  }) {
    const { config, clock, log, bus, writer, database, epoch } = parts
    const { region } = config
    this.region = region
    this.clock = clock
    this.writer = writer
    this.epoch = epoch
    this.#bus = bus
    this.#log = log
    this.#close = () => database.close()
    this.exceptions = new ExceptionBook(database)
    this.oneSided = new OneSidedWatch(writer.ledger.books, this.exceptions)
    this.secrets = new SourceSecrets(database)
    this.search = new JournalSearch(database)
    this.loop = new LedgerLoop({
      bus,
      region,
      writer,
      log,
      onCommitted: (committed) => this.#onCommitted(committed),
    })
    this.inbox = new Inbox({
      database,
      journal: writer.journal,
      exceptions: this.exceptions,
      master: writer.ledger.books.master,
      bus,
      region,
      clock,
      newId: uuidv7,
      log,
      submit: (source, facts) => this.loop.submit(source, facts),
    })
    const { ledger } = writer
    const edge = new EdgeClient(config.edge, region, clock)
    this.publisher = new Publisher({
      ledger,
      edge,
      clock,
      log,
      region,
      epoch,
      shardCount: config.shardCount,
      onDigests: (digests) => this.#reporter.reportDigests(digests),
    })
    this.#reporter = new Reporter({
      bus,
      region,
      epoch,
      clock,
      log,
      ledger,
      publisher: this.publisher,
      exceptions: this.exceptions,
      factsBehind: () => this.loop.behind(),
    })
  }

  /** Tries an exception again. Null when there is none; otherwise what it still is refused for. */
  async replay(id: string): Promise<readonly Refusal[] | null> {
    return this.oneSided.isOne(id) ? this.oneSided.again(id) : this.inbox.replay(id)
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#reporter.stop()
    await this.inbox.stop()
    await this.loop.stop()
    await this.publisher.stop()
    await this.#bus.close()
    this.#close()
  }

  #onCommitted({ effects, conflicts }: Committed): void {
    this.#tell(effects)
    this.#reporter.noteCounts(effects.counts)
    this.#keepConflicts(conflicts)
    if (effects.masterChanged) void this.#replayKnown()
  }

  #passTime(): void {
    const effects = newEffects()
    this.writer.ledger.time.pass(this.clock.now(), effects)
    this.#tell(effects)
  }

  /** Every sku whose figures may be others now has to travel. */
  #tell({ skus, scopes }: Effects): void {
    const { books } = this.writer.ledger
    if (scopes.size > 0) for (const sku of skusIn(books, scopes)) skus.add(sku)
    books.kits.spread(skus)
    if (skus.size > 0) this.publisher.mark(skus)
  }

  /** The same key with another content: the first stands, the second is kept for someone to look at. */
  #keepConflicts(conflicts: Committed['conflicts']): void {
    for (const fact of conflicts) {
      this.exceptions.keep(`conflict-${fact.source}-${fact.id}`, {
        stage: 'ledger',
        message: {
          source: fact.source,
          body: new TextEncoder().encode(JSON.stringify(fact)),
          contentType: 'application/cloudevents+json',
          headers: {},
          receivedAt: this.clock.now(),
        },
        refusals: [conflictRefusal(fact)],
        correlationId: fact.correlationid ?? fact.id,
      })
    }
  }

  /** What waited for a sku, node or source that is known by now counts by itself. One run at a time. */
  async #replayKnown(): Promise<void> {
    if (this.#replaying !== 'no') return void (this.#replaying = 'again')
    do {
      this.#replaying = 'yes'
      try {
        const replayed = await this.inbox.replayKnown()
        if (replayed > 0)
          this.#log.info({ replayed }, 'dead letters whose codes are known by now were replayed')
      } catch (error) {
        this.#log.warn({ error: String(error) }, 'a replay did not finish; the letters stay open')
      }
    } while (this.#isReplayDueAgain())
    this.#replaying = 'no'
  }

  /** Master data may have changed while a replay ran. */
  #isReplayDueAgain(): boolean {
    return this.#replaying === 'again'
  }
}
