import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { OrderAnswer } from '../shared/contract/order-api.ts'
import type { ReservationAnswer } from '../shared/contract/reservation-api.ts'
import type { Clock } from '../shared/kernel/clock.ts'
import { newId } from '../shared/node/new-id.ts'
import { type Bus, connectBus } from '../shared/node/nats.ts'
import { Unavailable } from '../shared/node/unavailable.ts'
import { AsOfReader } from './as-of/as-of.ts'
import { JournalReader } from './journal/journal-reader.ts'
import type { RegionConfig } from './config.ts'
import type { Refusal } from './connectors/connector.ts'
import { ExceptionExchange } from './exceptions/exception-exchange.ts'
import { skuOfRefused } from './feeds/refused-letter.ts'
import { conflictLetter } from './inbox/conflict.ts'
import { ExceptionBook } from './inbox/exception-book.ts'
import { Inbox } from './inbox/inbox.ts'
import { CorrectionDesk } from './governance/correction-desk.ts'
import { countedIn } from './ledger/core/counted-in.ts'
import { ItemsUnderWay } from './governance/items-under-way.ts'
import { PolicyVersions } from './governance/policy-versions.ts'
import { SourceSecrets } from './inbox/source-secrets.ts'
import { type Effects, newEffects } from './ledger/core/effects.ts'
import { skusIn } from './ledger/core/scope-skus.ts'
import { DecisionFollower } from './ledger/decision-follower.ts'
import { settleDecisions } from './ledger/decision-log.ts'
import { Journal } from './ledger/journal.ts'
import { refillFacts } from './ledger/refill-facts.ts'
import { LedgerLoop } from './ledger/ledger-loop.ts'
import { type Committed, EPOCH, LedgerWriter } from './ledger/ledger-writer.ts'
import { Leading } from './leading.ts'
import { LettingGo } from './orders/letting-go.ts'
import { orderView } from './orders/core/order-view.ts'
import { reservationView } from './orders/core/reservation-view.ts'
import { orderOfStuck } from './orders/stuck-letter.ts'
import { type Epoch, openEpoch } from './ops/election.ts'
import { Handover } from './ops/handover.ts'
import { JournalWatch } from './ops/journal-watch.ts'
import { Lease } from './ops/lease.ts'
import { OneSidedWatch } from './ops/one-sided-watch.ts'
import { openDatabase } from './store/database.ts'
import { ensureStreams } from './streams.ts'
import { WalFolder } from './store/wal-folder.ts'

/** Holds end and sources fall silent without a fact: so late may the edge hear of it. */
const TIME_PASSES_EVERY_MS = 250

/** Each try follows on what the other process wrote; two that begin together agree after a few. */
const EPOCH_TRIES_MAX = 20

const HOLDER = 'holder'

const databasePath = ({ dataDir }: RegionConfig): string => join(dataDir, 'region.db')

/** A process is known by its data, so that it takes its own lease back when it is started again. */
function holderOf(journal: Journal): string {
  const known = journal.text(HOLDER)
  if (known !== null) return known
  const made = newId()
  journal.setText(HOLDER, made)
  return made
}

/**
 * One region's hub, joined over one database and one NATS connection: the ledger that folds both streams, and what is
 * kept beside it. What only the region's writer does (decide, translate, publish, report) is `leading.ts`.
 */
export class RegionHub {
  readonly region: RegionConfig['region']
  readonly writer: LedgerWriter
  readonly loop: LedgerLoop
  readonly inbox: Inbox
  readonly exceptions: ExceptionBook
  readonly letters: ExceptionExchange
  readonly versions: PolicyVersions
  readonly items: ItemsUnderWay
  readonly corrections: CorrectionDesk
  readonly secrets: SourceSecrets
  readonly search: JournalReader
  readonly oneSided: OneSidedWatch
  readonly journalWatch: JournalWatch
  readonly asOf: AsOfReader
  readonly clock: Clock
  readonly #config: RegionConfig
  readonly #stepDown: (why: Error) => void
  readonly #follower: DecisionFollower
  readonly #lettingGo: LettingGo
  readonly #handover: Handover
  readonly #wal: WalFolder
  #lease: Lease | null = null
  #leading: Leading | null = null
  readonly #bus: Bus
  readonly #log: Logger
  readonly #database: ReturnType<typeof openDatabase>
  #timers: NodeJS.Timeout[] = []
  #replaying: 'no' | 'yes' | 'again' = 'no'

  /**
   * Opens the region: folds both streams, and writes as soon as the lease is ours. `stepDown` has to end the process: what
   * it has in memory is not what the region's writer has.
   */
  static async start(
    config: RegionConfig,
    clock: Clock,
    log: Logger,
    stepDown: (why: Error) => void,
  ): Promise<RegionHub> {
    mkdirSync(config.dataDir, { recursive: true })
    const database = openDatabase(databasePath(config))
    const bus = await connectBus(`region-${config.region}`, config.nats)
    await ensureStreams(bus, config.region)
    await settleDecisions(bus, config.region, new Journal(database), log)
    const writer = new LedgerWriter(database, clock)
    const handover = await Handover.open(bus, { ...config, log })
    const hub = new RegionHub({ config, clock, log, bus, writer, database, handover, stepDown })
    await hub.loop.start()
    await hub.#follower.start()
    await hub.letters.start()
    hub.#timers = [setInterval(() => hub.passTime(), TIME_PASSES_EVERY_MS)]
    hub.#lettingGo.start()
    hub.#wal.start()
    hub.journalWatch.start()
    hub.search.start()
    const lease = await Lease.open({ bus, holder: holderOf(writer.journal), log })
    hub.#lease = lease
    if (await lease.take()) await hub.#lead()
    else {
      log.info({ sequence: writer.ledger.sequence }, 'another process writes for this region: standing by')
      void hub.#leadWhenFree().catch(stepDown)
    }
    return hub
  }

  private constructor(parts: {
    config: RegionConfig
    clock: Clock
    log: Logger
    bus: Bus
    writer: LedgerWriter
    database: ReturnType<typeof openDatabase>
    handover: Handover
    stepDown: (why: Error) => void
  }) {
    const { config, clock, log, bus, writer, database, handover } = parts
    const { region } = config
    const { journal } = writer
    this.region = region
    this.clock = clock
    this.writer = writer
    this.#config = config
    this.#stepDown = parts.stepDown
    this.#bus = bus
    this.#log = log
    this.#database = database
    this.#handover = handover
    const book = (this.exceptions = new ExceptionBook(database))
    this.letters = new ExceptionExchange({ bus, region, database, journal, book, log })
    this.versions = new PolicyVersions(writer.policies)
    this.items = new ItemsUnderWay(writer.ledger.books.master, (sku) => countedIn(writer.ledger.books, sku))
    this.oneSided = new OneSidedWatch(writer.ledger.books, this.exceptions)
    this.journalWatch = new JournalWatch({
      journal: writer.journal,
      exceptions: this.exceptions,
      clock,
      log,
    })
    this.asOf = new AsOfReader({ path: databasePath(config), region, clock, log })
    this.secrets = new SourceSecrets(database, handover)
    this.search = new JournalReader(databasePath(config), log)
    this.loop = new LedgerLoop({
      bus,
      region,
      writer,
      log,
      onCommitted: (committed) => this.#onCommitted(committed),
      onBroken: this.#stepDown,
    })
    this.inbox = this.#newInbox()
    this.corrections = new CorrectionDesk({
      book: writer.corrections,
      master: writer.ledger.books.master,
      clock,
      newId,
      submit: (source, facts) => this.loop.submit(source, facts),
    })
    this.#wal = new WalFolder(database, log)
    this.#lettingGo = new LettingGo({ config, writer, clock, log })
    this.#follower = new DecisionFollower({
      bus,
      writer,
      log,
      onCommitted: (committed) => this.#onCommitted(committed),
      onBroken: this.#stepDown,
    })
  }

  #newInbox(): Inbox {
    const { writer, region, clock } = this
    return new Inbox({
      database: this.#database,
      journal: writer.journal,
      exceptions: this.exceptions,
      versions: this.versions,
      items: this.items,
      books: writer.ledger.books,
      bus: this.#bus,
      region,
      clock,
      newId,
      log: this.#log,
      submit: (source, facts) => this.loop.submit(source, facts),
      tellExceptions: this.letters.tell,
      handover: this.#handover,
      forbidsPolicy: (kind, scope) => this.#leading?.centrePolicies.forbids(kind, scope) ?? null,
    })
  }

  /** What only the writer has: null while this process stands by. */
  get leading(): Leading | null {
    return this.#leading
  }

  /** For what only the writer may do; its API lets no such request through on a standby. */
  writing(): Leading {
    if (!this.#leading) throw new Unavailable('this process stands by')
    return this.#leading
  }

  /** An order as it is at this moment; null when nothing was heard of it. */
  order(orderRef: string): OrderAnswer | null {
    return this.#leading?.orders.view(orderRef) ?? orderView(this.writer.ledger.books, orderRef, [])
  }

  /** Over, and let go since. */
  isFinished(orderRef: string): boolean {
    return this.writer.ledger.books.demand.finished.has(orderRef)
  }

  /** A reservation as it is at this moment; null when there is none. */
  reservation(id: string): ReservationAnswer | null {
    const { books } = this.writer.ledger
    const found = books.demand.find(id)
    return found ? reservationView(books, found, this.clock.now()) : null
  }

  /** What lets a hold end, a source be silent and a policy begin: so that a reader finds it at that very moment. */
  readonly passTime = (): void => {
    const effects = newEffects()
    this.writer.ledger.time.pass(this.clock.now(), effects)
    this.#tell(effects)
    this.#leading?.desk.declareExpired()
  }

  async #leadWhenFree(): Promise<void> {
    if (await this.#lease!.wait()) await this.#lead()
  }

  /** Everything that was written is folded first; then a new epoch is opened right behind it. */
  async #lead(): Promise<void> {
    const { journal } = this.writer
    const opened = await this.#openEpoch()
    if (opened === null) throw new Error('another process of this region opened an epoch at the same time')
    await this.#follower.stop()
    await this.letters.takeOver()
    await this.secrets.takeOver()
    const { epoch, sequence } = opened
    journal.setNumber(EPOCH, epoch)
    journal.confirm(journal.lastEntry(), { created: this.#follower.created, sequence })
    this.#lease!.keep(() => this.#stepDown(new Error('another process took the lease of this region')))
    this.#leading = new Leading({
      config: this.#config,
      bus: this.#bus,
      clock: this.clock,
      database: this.#database,
      writer: this.writer,
      inbox: this.inbox,
      exceptions: this.exceptions,
      tellExceptions: this.letters.tell,
      handover: this.#handover,
      oneSided: this.oneSided,
      factsBehind: () => this.loop.behind(),
      submit: (source, facts) => this.loop.submit(source, facts),
      log: this.#log,
      epoch,
      decisionsLast: sequence,
      decisionsCreated: this.#follower.created,
      onCommitted: (committed) => this.#onCommitted(committed),
      isHeld: () => this.#lease!.isHeld,
      stepDown: this.#stepDown,
    })
    await this.#leading.start()
    void this.#refill()
    this.#log.info({ epoch, sequence: this.writer.ledger.sequence }, 'the region is open')
  }

  /** What FACTS lost is published again while the hub works: nobody waits for it here. */
  async #refill(): Promise<void> {
    const { lost } = this.loop
    if (lost === null) return
    try {
      await refillFacts(this.#bus, this.region, this.writer.journal, lost, this.#log)
    } catch (error) {
      this.#log.error(
        { error: String(error) },
        'FACTS could not be given back what it lost; the next start tries again',
      )
    }
  }

  async #openEpoch(): Promise<Epoch | null> {
    for (let tries = 0; tries < EPOCH_TRIES_MAX; tries++) {
      await this.loop.caughtUp()
      const last = await this.#follower.caughtUp()
      const { region, clock } = this
      const previous = this.writer.journal.number(EPOCH)
      const opened = await openEpoch(this.#bus, region, { previous, last, id: newId(), now: clock.now() })
      if (opened) return opened
    }
    return null
  }

  /** Tries an exception again. Null when there is none; otherwise what it still is refused for. */
  async replay(id: string): Promise<readonly Refusal[] | null> {
    if (this.oneSided.isOne(id)) return this.oneSided.again(id)
    if (skuOfRefused(id) !== null) return this.#leading?.againRefused(id) ? [] : null
    const orderRef = orderOfStuck(id)
    if (orderRef === null || !this.#leading) return this.inbox.replay(id)
    const { code } = await this.#leading.orders.resume(orderRef, id)
    if (code !== 'done') return null
    this.exceptions.settle(id, 'replayed')
    return []
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.journalWatch.stop()
    this.#lettingGo.stop()
    await Promise.all([this.asOf.stop(), this.search.stop()])
    await this.#leading?.stop()
    await this.#lease?.release()
    await this.#follower.stop()
    await this.letters.stop()
    await this.loop.stop()
    await this.#wal.stop()
    await this.#bus.close()
    this.writer.close()
  }

  #onCommitted({ effects, conflicts }: Committed): void {
    this.#tell(effects)
    this.#leading?.reporter.noteCounts(effects.counts)
    if (effects.orders.size > 0) this.#leading?.orders.heard(effects.orders)
    this.#keepConflicts(conflicts)
    if (effects.masterChanged && this.#leading) void this.#replayKnown()
  }

  /** Every sku whose figures may be others now has to travel. */
  #tell({ skus, scopes }: Effects): void {
    const { books } = this.writer.ledger
    if (scopes.size > 0) for (const sku of skusIn(books, scopes)) skus.add(sku)
    books.kits.spread(skus)
    if (skus.size === 0) return
    this.#leading?.publisher.mark(skus)
    this.#leading?.feeds.mark(skus)
    this.#leading?.stock.mark(skus)
  }

  /** The same key with another content: the first stands, the second is kept for someone to look at. */
  #keepConflicts(conflicts: Committed['conflicts']): void {
    for (const fact of conflicts) {
      const { id, letter } = conflictLetter(fact, this.clock.now())
      if (this.#leading) this.exceptions.keep(id, letter)
      else this.exceptions.keepBeside(id, letter)
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
