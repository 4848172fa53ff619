import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import { seededRandom } from '../shared/kernel/random.ts'
import type { Clock } from '../shared/kernel/clock.ts'
import { newId } from '../shared/node/new-id.ts'
import type { Bus } from '../shared/node/nats.ts'
import type { Fact } from '../shared/contract/events.ts'
import type { RegionConfig } from './config.ts'
import { TrytonPoller } from './erp/tryton/poller.ts'
import { trytonErpOf } from './erp/tryton/tryton-erp.ts'
import { Feeds } from './feeds/feeds.ts'
import { CentrePolicies } from './governance/centre-policies.ts'
import { DecisionLog } from './ledger/decision-log.ts'
import type { MasterBook } from './ledger/core/master-book.ts'
import { rulesOf } from './ledger/core/snapshot-row.ts'
import type { Committed, LedgerWriter } from './ledger/ledger-writer.ts'
import type { Handover } from './ops/handover.ts'
import { Reporter } from './ops/reporter.ts'
import { httpErp } from './orders/http-erp.ts'
import { httpFulfilment } from './orders/http-fulfilment.ts'
import { OrderDesk } from './orders/order-desk.ts'
import { OrderRunner, type OrderSystems } from './orders/order-runner.ts'
import { systemNames } from './orders/system-names.ts'
import { OrderTasks } from './orders/order-tasks.ts'
import { ReservationDesk } from './orders/reservation-desk.ts'
import type { ExceptionBook } from './inbox/exception-book.ts'
import type { Inbox } from './inbox/inbox.ts'
import { stuckId, stuckLetter, toldStuck } from './orders/stuck-letter.ts'
import type { OneSidedWatch } from './ops/one-sided-watch.ts'
import { StockWatch } from './reconcile/stock-watch.ts'
import { EdgeClient } from './snapshots/edge-client.ts'
import { Publisher } from './snapshots/publisher.ts'

const PRUNE_EVERY_MS = 3_600_000
/** Stories are one-sided for hours before they count as exceptions. */
const ONE_SIDED_EVERY_MS = 15_000
const ORDERS_EVERY_MS = 50
const ORDERS_SWEPT_EVERY_MS = 10_000

type Parts = {
  readonly config: RegionConfig
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly database: DatabaseSync
  readonly writer: LedgerWriter
  readonly inbox: Inbox
  readonly exceptions: ExceptionBook
  readonly tellExceptions: () => Promise<void>
  readonly handover: Handover
  readonly oneSided: OneSidedWatch
  readonly factsBehind: () => Promise<number>
  readonly submit: (source: string, facts: readonly Fact[]) => Promise<unknown>
  readonly epoch: number
  /** The last message of DECISIONS: that which opened the epoch. */
  readonly decisionsLast: number
  readonly decisionsCreated: string
  readonly onCommitted: (committed: Committed) => void
  /** Whether no other process can write by now. */
  readonly isHeld: () => boolean
  readonly stepDown: (why: Error) => void
}

/** What the region's one writer does, and a standby does not: decide, translate, push to the edge, report. */
export class Leading {
  readonly epoch: number
  readonly desk: ReservationDesk
  readonly orders: OrderDesk
  readonly #runner: OrderRunner | null
  readonly #poller: TrytonPoller | null
  /** How far the writer before had read an ERP, until this one has read further. */
  readonly #readings = new Map<string, string>()
  readonly publisher: Publisher
  readonly reporter: Reporter
  readonly centrePolicies: CentrePolicies
  readonly stock: StockWatch
  readonly feeds: Feeds
  readonly #parts: Parts
  #timers: NodeJS.Timeout[] = []

  constructor(parts: Parts) {
    const { config, bus, clock, log, epoch, writer, onCommitted, stepDown } = parts
    const { region } = config
    const { ledger } = writer
    this.#parts = parts
    this.epoch = epoch
    this.desk = new ReservationDesk({
      writer,
      decisions: new DecisionLog({ bus, region, last: parts.decisionsLast, log }),
      created: parts.decisionsCreated,
      clock,
      log,
      newId,
      rules: () => rulesOf(ledger.books, 0, clock.now()),
      onCommitted,
      onFenced: stepDown,
    })
    this.centrePolicies = this.#centrePoliciesFor(parts)
    this.#runner = this.#runnerFor(parts)
    this.#poller = pollerOf(parts, this.#readings)
    this.orders = new OrderDesk({
      books: ledger.books,
      desk: this.desk,
      runner: this.#runner,
      clock,
      newId,
    })
    this.publisher = new Publisher({
      ledger,
      edge: new EdgeClient(config.edge, region, clock),
      clock,
      log,
      region,
      epoch,
      shardCount: config.shardCount,
      onDigests: (digests) => this.reporter.reportDigests(digests),
    })
    this.stock = new StockWatch(ledger)
    this.feeds = new Feeds({ ...parts, configs: config.feeds, region, ledger, random: seededRandom(newId()) })
    this.reporter = new Reporter({
      bus,
      region,
      epoch,
      clock,
      log,
      ledger,
      publisher: this.publisher,
      exceptions: parts.exceptions,
      tellExceptions: parts.tellExceptions,
      factsBehind: parts.factsBehind,
      stock: this.stock,
      systems: () => this.#runner?.queues() ?? [],
      feeds: () => this.feeds.statuses(),
      again: this.desk.again,
      digests: () => writer.digests.told(),
    })
  }

  #centrePoliciesFor({ bus, config, clock, log, writer, submit }: Parts): CentrePolicies {
    const { master } = writer.ledger.books
    const { region } = config
    return new CentrePolicies({ bus, region, clock, log, master, history: writer.policies, submit })
  }

  #runnerFor({ config, database, clock, log, writer, exceptions }: Parts): OrderRunner | null {
    const { fulfilment = [] } = config.orders ?? {}
    const erp = erpOf(config, writer.ledger.books.master, clock)
    if (!erp && fulfilment.length === 0) return null
    return new OrderRunner({
      books: writer.ledger.books,
      systems: {
        erp,
        fulfilment: fulfilment.map((it) => ({
          name: it.name,
          nodes: it.nodes,
          port: httpFulfilment(it),
          limits: it,
        })),
      },
      names: systemNames(config, writer.ledger.books.master),
      tasks: new OrderTasks(database),
      decide: this.desk.decide,
      onStuck: (task, refusal) =>
        exceptions.keep(stuckId(task.orderRef, task.node), stuckLetter(task, refusal, clock.now())),
      clock,
      random: seededRandom(newId()),
      log,
    })
  }

  async start(): Promise<void> {
    const { inbox, oneSided, writer, clock, handover } = this.#parts
    for (const [key, text] of await handover.readings()) this.#readings.set(key, text)
    await inbox.start()
    // That an order is stuck is a decision; its letter the writer before may not have come to tell.
    for (const { orderRef, node, stuck } of this.#runner?.stuck() ?? [])
      this.#parts.exceptions.keepNew(stuckId(orderRef, node), toldStuck(orderRef, node, stuck))
    this.publisher.start()
    this.feeds.start()
    this.#poller?.start()
    this.reporter.start()
    this.centrePolicies.start()
    this.#timers = [
      setInterval(() => {
        inbox.prune()
        writer.answers.prune(clock.now())
      }, PRUNE_EVERY_MS),
      setInterval(() => oneSided.look(clock.now()), ONE_SIDED_EVERY_MS),
      setInterval(() => this.#runner?.tick(), ORDERS_EVERY_MS),
      setInterval(() => void this.orders.sweep(), ORDERS_SWEPT_EVERY_MS),
    ]
  }

  /** A figure that a channel refused is told anew. False when there is no such letter, or the channel is fed no more. */
  againRefused(letterId: string): boolean {
    const { exceptions } = this.#parts
    if (!exceptions.get(letterId) || !this.feeds.again(letterId)) return false
    exceptions.settle(letterId, 'replayed')
    return true
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.reporter.stop()
    await this.#poller?.stop()
    await this.centrePolicies.stop()
    this.desk.close()
    await this.#parts.inbox.stop()
    await this.feeds.stop()
    await this.publisher.stop()
  }
}

/** The ERP that the region's orders are posted to, and how fast. */
function erpOf({ orders, tryton }: RegionConfig, master: MasterBook, clock: Clock): OrderSystems['erp'] {
  if (tryton) return { name: tryton.source, port: trytonErpOf(tryton, master, clock), limits: tryton }
  return orders?.erp ? { name: orders.erp.name, port: httpErp(orders.erp), limits: orders.erp } : null
}

/** What happens in the ERP comes in by the door that every system's bytes come in by. */
function pollerOf(parts: Parts, readings: Map<string, string>): TrytonPoller | null {
  const { config, clock, log, inbox, handover } = parts
  const { tryton } = config
  const { journal } = parts.writer
  if (!tryton?.reads) return null
  return TrytonPoller.of(tryton, {
    receive: (message) => inbox.receive(message, newId()),
    memory: {
      text: (key) => readings.get(key) ?? journal.text(key),
      setText: (key, text) => {
        readings.delete(key)
        journal.setText(key, text)
        // Behind it is as good: what is read again counts once.
        handover
          .noteReading(key, text)
          .catch((error: unknown) => log.debug({ error: String(error) }, 'not noted'))
      },
    },
    clock,
    random: seededRandom(newId()),
    log,
  })
}
