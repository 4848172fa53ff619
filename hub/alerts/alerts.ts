import { and, count, eq, gte } from '../store/drizzle.ts'
import type { Logger } from 'pino'
import type { Transfer } from '../../shared/contract/centre-api.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import type { Random } from '../../shared/kernel/random.ts'
import type { Intake } from '../intake/intake.ts'
import type { Database } from '../store/database.ts'
import { AlertReader } from '../store/read-alerts.ts'
import { readVariances } from '../store/read-variances.ts'
import type { UnbalancedTransfers } from '../store/unbalanced-transfers.ts'
import { regionException } from '../store/tables.ts'
import { AlertBook } from './alert-book.ts'
import type { AlertConfig, OutputConfig } from './alert-config.ts'
import { AlertEngine } from './alert-engine.ts'
import { rulesWith } from './alert-rule.ts'
import { measuresOf, type Sighting } from './measures.ts'
import { Notifier } from './notifier.ts'
import { alertmanager } from './outputs/alertmanager.ts'
import { email } from './outputs/email.ts'
import type { Output } from './outputs/output.ts'
import { webhook } from './outputs/webhook.ts'

type Parts = {
  readonly db: Database
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly config: AlertConfig
  readonly intake: Intake
  readonly transfers: UnbalancedTransfers
  readonly regions: readonly string[]
  readonly publicUrl: string | null
}

const MINUTE_MS = 60_000
/** Of the most valuable, and of the oldest. */
const VARIANCES_MAX = 20

/** Looks at every region each second, and calls people for what is wrong. */
export class Alerts {
  readonly book: AlertBook
  readonly reader: AlertReader
  readonly notifier: Notifier
  readonly #engine: AlertEngine
  readonly #parts: Parts
  #isRestored = false

  constructor(parts: Parts) {
    const { db, clock, random, log, config, publicUrl } = parts
    const rules = rulesWith(config.rules)
    this.#parts = parts
    this.#engine = new AlertEngine(rules)
    this.book = new AlertBook({ db, clock, owners: config.owners })
    this.reader = new AlertReader(db, rules)
    const outputs = config.outputs.map((output) => outputOf(output, publicUrl))
    this.notifier = new Notifier({ db, clock, random, log, config, reader: this.reader, outputs })
  }

  async look(): Promise<void> {
    if (!this.#isRestored) {
      for (const { measure, severity } of await this.book.firing()) this.#engine.restore(measure, severity)
      this.#isRestored = true
    }
    const transfers = await this.#parts.transfers.look(this.#parts.clock.now())
    const sightings = await Promise.all(this.#parts.regions.map((region) => this.#see(region, transfers)))
    const known = sightings
      .filter(({ link }) => link === 'live' || link === 'behind')
      .map(({ region }) => region)
    const measures = sightings.flatMap(measuresOf)
    await this.book.record(this.#engine.step(measures, new Set(known), this.#parts.clock.now()))
    await this.notifier.gather()
  }

  async #see(region: string, transfers: readonly Transfer[]): Promise<Sighting> {
    const { db, clock, intake } = this.#parts
    const now = clock.now()
    const watch = intake.watches.get(region)!
    const intakePending = await intake.pending(region)
    const open = { region, state: 'open', limit: VARIANCES_MAX } as const
    const [byValue, oldest, orders, exceptions] = [
      await readVariances(db, { ...open, sort: 'value' }, now),
      await readVariances(db, { ...open, sort: 'oldest' }, now),
      await readVariances(db, { ...open, kind: 'order' }, now),
      await db
        .select({ count: count() })
        .from(regionException)
        .where(
          and(eq(regionException.region, region), gte(regionException.at, formatInstant(now - MINUTE_MS))),
        ),
    ]
    const variances = [...byValue.variances, ...oldest.variances, ...orders.variances]
    return {
      region,
      link: watch.link(intakePending, now),
      heartbeat: watch.heartbeat,
      heardAt: watch.heardAt,
      intakePending,
      exceptionsLastMinute: exceptions[0]?.count ?? 0,
      variances: [...new Map(variances.map((it) => [it.id, it])).values()],
      transfers,
      now,
    }
  }
}

function outputOf(config: OutputConfig, publicUrl: string | null): Output {
  if (config.kind === 'webhook') return webhook(config)
  return config.kind === 'email' ? email(config, publicUrl) : alertmanager(config, publicUrl)
}
