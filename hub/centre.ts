import { join } from 'node:path'
import type { Logger } from 'pino'
import { uuidv7 } from 'uuidv7'
import type { Clock } from '../shared/kernel/clock.ts'
import { seededRandom } from '../shared/kernel/random.ts'
import { type Bus, connectBus } from '../shared/node/nats.ts'
import { Alerts } from './alerts/alerts.ts'
import type { CentreConfig } from './config.ts'
import { Intake } from './intake/intake.ts'
import { Policies } from './policies/policies.ts'
import { regionRuns } from './policies/region-runs.ts'
import { EdgeDrift } from './reconcile/edge-drift.ts'
import { Reconciler } from './reconcile/reconciler.ts'
import { RegionApis } from './reconcile/region-apis.ts'
import { TransferForwarder } from './reconcile/between-regions/transfer-forwarder.ts'
import { JournalRepair } from './reconcile/journal-repair.ts'
import { VarianceDesk } from './reconcile/variance-desk.ts'
import { Trends } from './trends/trends.ts'
import { type Database, openDatabase } from './store/database.ts'
import { UnbalancedTransfers } from './store/unbalanced-transfers.ts'

const FORWARD_EVERY_MS = 500
const RECONCILE_EVERY_MS = 2_000
const ALERTS_EVERY_MS = 1_000
const SAMPLE_EVERY_MS = 5_000
const PRUNE_EVERY_MS = 3_600_000

/** The centre, joined: intake, reconciliation and forwarding over one database. */
export class Centre {
  readonly db: Database
  readonly clock: Clock
  readonly regions: readonly string[]
  /** Where people find the centre; null when nobody said. */
  readonly publicUrl: string | null
  readonly apis: RegionApis
  readonly intake: Intake
  readonly drift: EdgeDrift
  readonly variances: VarianceDesk
  readonly policies: Policies
  readonly alerts: Alerts
  readonly trends: Trends
  readonly #reconciler: Reconciler
  readonly #forwarder: TransferForwarder
  readonly #log: Logger
  readonly #timers: NodeJS.Timeout[] = []
  readonly #close: () => Promise<void>

  static async start(config: CentreConfig, clock: Clock, log: Logger): Promise<Centre> {
    const store = await openDatabase({ dataDir: join(config.dataDir), databaseUrl: config.databaseUrl })
    const bus = await connectBus('centre', config.nats)
    const centre = new Centre({ config, clock, log, bus, db: store.db, closeStore: store.close })
    await centre.intake.start()
    centre.policies.start()
    centre.#every(RECONCILE_EVERY_MS, () => centre.#reconciler.turn())
    centre.#every(FORWARD_EVERY_MS, () => centre.#forwarder.forwardAll())
    centre.#every(ALERTS_EVERY_MS, () => centre.alerts.look())
    centre.#every(ALERTS_EVERY_MS, () => centre.alerts.notifier.send())
    centre.#every(SAMPLE_EVERY_MS, () => centre.trends.sample())
    centre.#every(PRUNE_EVERY_MS, () => centre.alerts.notifier.prune())
    centre.#every(PRUNE_EVERY_MS, () => centre.trends.prune())
    return centre
  }

  private constructor(parts: {
    config: CentreConfig
    clock: Clock
    log: Logger
    bus: Bus
    db: Database
    closeStore: () => Promise<void>
  }) {
    const { config, clock, log, bus, db } = parts
    this.db = db
    this.clock = clock
    this.#log = log
    this.publicUrl = config.access.publicUrl ?? null
    this.regions = config.regions.map(({ region }) => region)
    const transfers = new UnbalancedTransfers(db)
    this.intake = new Intake({
      bus,
      db,
      transfers,
      regions: this.regions,
      clock,
      log,
      onDigests: (report) =>
        void this.drift
          .compare(report)
          .catch((error: unknown) => log.warn({ error: String(error) }, 'the edge could not be compared')),
    })
    this.trends = new Trends({ db, intake: this.intake, regions: this.regions, clock })
    const apis = new RegionApis(config.regions)
    this.apis = apis
    this.drift = new EdgeDrift({ db, edge: config.edge, apis, clock, log })
    const journal = new JournalRepair({ db, apis, clock, intake: this.intake })
    this.variances = new VarianceDesk({ db, regions: apis, edge: this.drift.repair, journal, clock })
    this.policies = new Policies({
      bus,
      db,
      apis,
      regions: this.regions,
      secondPersonFor: config.policies.secondPersonFor,
      clock,
      log,
    })
    this.#reconciler = new Reconciler({
      db,
      transfers,
      intake: this.intake,
      regions: this.regions,
      clock,
      runs: () => regionRuns(db, this.policies.book, this.regions),
    })
    this.alerts = new Alerts({
      db,
      clock,
      random: seededRandom(uuidv7()),
      log,
      config: config.alerts,
      intake: this.intake,
      transfers,
      regions: this.regions,
      publicUrl: this.publicUrl,
    })
    this.#forwarder = new TransferForwarder({ db, transfers, regions: config.regions, clock, log })
    this.#close = async () => {
      await bus.close()
      await parts.closeStore()
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    await this.policies.stop()
    await this.intake.stop()
    await this.#close()
  }

  /** Runs work again and again, never two at a time; a failure is said and the next turn tries again. */
  #every(ms: number, work: () => Promise<void>): void {
    let isBusy = false
    this.#timers.push(
      setInterval(() => {
        if (isBusy) return
        isBusy = true
        work()
          .catch((error: unknown) => this.#log.warn({ error: String(error) }, 'a turn of work failed'))
          .finally(() => void (isBusy = false))
      }, ms),
    )
  }
}
