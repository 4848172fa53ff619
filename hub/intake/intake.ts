import { eq, sql } from '../store/drizzle.ts'
import type { Logger } from 'pino'
import { type DigestReport, HeartbeatReport, Report } from '../../shared/contract/reports.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { ExceptionRecord } from '../../shared/contract/exceptions.ts'
import { centreStream, STREAMS_FOR_CENTRE } from '../../shared/contract/subjects.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import {
  type Bus,
  ensureStream,
  type JsMsg,
  readStream,
  type StreamReader,
  streamState,
} from '../../shared/node/nats.ts'
import type { Database } from '../store/database.ts'
import { intakeCursor, latestHeartbeat } from '../store/tables.ts'
import { RegionWatch } from './region-watch.ts'
import { takeCorrections } from './take-corrections.ts'
import { takeExceptions } from './take-exceptions.ts'
import { takeFacts } from './take-facts.ts'
import { takeReports } from './take-reports.ts'

type Parts = {
  readonly bus: Bus
  readonly db: Database
  readonly regions: readonly string[]
  readonly clock: Clock
  readonly log: Logger
  readonly onDigests: (report: DigestReport) => void
}

type Kind = (typeof STREAMS_FOR_CENTRE)[number]

/** Reports are of the moment: a centre that was away needs hours of them, not months. */
const REPORTS_KEPT_MS = 24 * 3_600_000

/**
 * Takes every region's streams into the database. The leaf link fills the centre's own copy of each stream; the copy is
 * read from a cursor that is written in the same transaction as its rows, so nothing is lost and nothing comes twice.
 */
export class Intake {
  readonly watches: ReadonlyMap<string, RegionWatch>
  readonly #parts: Parts
  readonly #readers: StreamReader[] = []
  readonly #taken = new Map<string, number>()

  constructor(parts: Parts) {
    this.#parts = parts
    this.watches = new Map(parts.regions.map((region) => [region, new RegionWatch()]))
  }

  async start(): Promise<void> {
    await this.#rememberHeartbeats()
    for (const region of this.#parts.regions)
      for (const kind of STREAMS_FOR_CENTRE) await this.#open(region, kind)
  }

  async stop(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.stop()))
  }

  /** Messages in the centre's copies of a region's streams that are not in the database yet. */
  async pending(region: string): Promise<number> {
    let pending = 0
    for (const kind of STREAMS_FOR_CENTRE) {
      const stream = centreStream(kind, region)
      const state = await streamState(this.#parts.bus, stream)
      pending += Math.max(0, (state?.lastSequence ?? 0) - (this.#taken.get(stream) ?? 0))
    }
    return pending
  }

  async #open(region: string, kind: Kind): Promise<void> {
    const { bus, db, log } = this.#parts
    const name = centreStream(kind, region)
    await ensureStream(bus, {
      name,
      sources: [{ stream: kind, domain: region }],
      ...(kind === 'REPORTS' ? { maxAgeMs: REPORTS_KEPT_MS } : {}),
    })
    const created = (await streamState(bus, name))?.created ?? ''
    const [cursor] = await db.select().from(intakeCursor).where(eq(intakeCursor.stream, name))
    const isSame = cursor !== undefined && cursor.created === created
    if (cursor !== undefined && !isSame)
      log.warn(
        { stream: name },
        'the copy of a stream was made anew: reading it from its start; what is known is recognised',
      )
    this.#taken.set(name, isSame ? cursor.sequence : 0)
    this.#readers.push(
      readStream(bus, {
        stream: name,
        fromSequence: (isSame ? cursor.sequence : 0) + 1,
        batchMax: 200,
        onBatch: (messages) => this.#take(region, kind, created, messages),
        onError: (error) =>
          log.warn({ stream: name, error: String(error) }, 'reading a stream was interrupted'),
      }),
    )
  }

  async #take(region: string, kind: Kind, created: string, messages: readonly JsMsg[]): Promise<void> {
    const { db, clock } = this.#parts
    const now = clock.now()
    const stream = centreStream(kind, region)
    const sequence = messages[messages.length - 1]!.seq
    const ours = messages.filter((message) => this.#isOf(region, message))
    const reports = kind === 'REPORTS' ? ours.flatMap((message) => this.#read(message, Report)) : []
    await db.transaction(async (tx) => {
      if (kind === 'FACTS') {
        const facts = ours.flatMap((message) => factsOf(message))
        await takeFacts(tx, region, facts)
        await takeCorrections(tx, region, facts, formatInstant(now))
      }
      if (kind === 'EXCEPTIONS')
        await takeExceptions(
          tx,
          region,
          ours.flatMap((message) => this.#read(message, ExceptionRecord)),
        )
      await takeReports(tx, region, reports, formatInstant(now))
      await tx
        .insert(intakeCursor)
        .values({ stream, created, sequence })
        .onConflictDoUpdate({
          target: intakeCursor.stream,
          set: { created: sql`excluded.created`, sequence: sql`excluded.sequence` },
        })
    })
    this.#taken.set(stream, sequence)
    for (const report of reports) {
      if (report.kind === 'heartbeat') this.watches.get(region)!.hear(report, clock.now())
      if (report.kind === 'digests') this.#parts.onDigests(report)
    }
  }

  /** A region may put anything into its own copy; what names another region is not taken. */
  #isOf(region: string, message: JsMsg): boolean {
    const isOurs = message.subject.split('.')[1] === region
    if (!isOurs)
      this.#parts.log.warn(
        { region, subject: message.subject },
        'left out a message that names another region',
      )
    return isOurs
  }

  #read<T>(
    message: JsMsg,
    schema: { safeParse: (value: unknown) => { success: true; data: T } | { success: false } },
  ): T[] {
    const parsed = schema.safeParse(message.json())
    if (!parsed.success)
      this.#parts.log.warn(
        { subject: message.subject, sequence: message.seq },
        'left out a message of unknown form',
      )
    return parsed.success ? [parsed.data] : []
  }

  async #rememberHeartbeats(): Promise<void> {
    const rows = await this.#parts.db.select().from(latestHeartbeat)
    for (const { region, body } of rows) {
      const report = HeartbeatReport.safeParse(body)
      if (report.success) this.watches.get(region)?.remember(report.data)
    }
  }
}

function factsOf(message: JsMsg): Fact[] {
  const parsed = message.json<Fact | Fact[]>()
  return Array.isArray(parsed) ? parsed : [parsed]
}
