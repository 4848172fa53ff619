import { eq, sql } from '../store/drizzle.ts'
import type { Logger } from 'pino'
import {
  type DigestReport,
  HeartbeatReport,
  type JournalReport,
  Report,
} from '../../shared/contract/reports.ts'
import type { JournalCompared } from '../../shared/contract/centre-api.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { ExceptionRecord } from '../../shared/contract/exceptions.ts'
import { centreStream, STREAMS_FOR_CENTRE } from '../../shared/contract/subjects.ts'
import type { StreamDigest } from '../../shared/contract/stream-digest.ts'
import { type Clock, formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import {
  type Bus,
  ensureStream,
  type JsMsg,
  readStream,
  type StreamReader,
  streamState,
} from '../../shared/node/nats.ts'
import { findJournal } from '../reconcile/find-journal.ts'
import { settle } from '../reconcile/standing.ts'
import type { Database } from '../store/database.ts'
import { intakeCursor, latestHeartbeat } from '../store/tables.ts'
import type { UnbalancedTransfers } from '../store/unbalanced-transfers.ts'
import { FactParts, type Stretch } from './fact-parts.ts'
import { type Compared, JournalCheck } from './journal-check.ts'
import { RegionWatch } from './region-watch.ts'
import { takeExceptions } from './take-exceptions.ts'
import { takeBeside } from './take-journal.ts'
import { takeReports } from './take-reports.ts'

type Parts = {
  readonly bus: Bus
  readonly db: Database
  readonly transfers: UnbalancedTransfers
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
  /** By region and stream: when what was taken here was last held against what the region took. */
  readonly journals = new Map<string, Record<string, JournalCompared>>()
  readonly #parts: Parts
  readonly #readers: StreamReader[] = []
  readonly #taken = new Map<string, number>()
  readonly #checks = new Map<string, JournalCheck>()
  readonly #facts = new FactParts()

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
    this.#checks.set(name, new JournalCheck(isSame ? cursor.digest : null))
    this.#readers.push(
      readStream(bus, {
        stream: name,
        fromSequence: (isSame ? cursor.sequence : 0) + 1,
        batchMax: 200,
        onBatch: async (messages) => {
          for (const part of inParts(messages)) await this.#take(region, kind, created, part)
        },
        onError: (error) =>
          log.warn({ stream: name, error: String(error) }, 'reading a stream was interrupted'),
      }),
    )
  }

  async #take(region: string, kind: Kind, created: string, messages: readonly JsMsg[]): Promise<void> {
    const { clock } = this.#parts
    const now = clock.now()
    const stream = centreStream(kind, region)
    const sequence = messages[messages.length - 1]!.seq
    const ours = messages.filter((message) => this.#isOf(region, message))
    const reports = kind === 'REPORTS' ? ours.flatMap((message) => this.#read(message, Report)) : []
    const isJournal = kind === 'FACTS' || kind === 'DECISIONS'
    const factsBy = new Map(isJournal ? ours.map((message) => [message, factsOf(message)] as const) : [])
    const check = this.#checks.get(stream)!
    const before = check.told()
    const compared = isJournal
      ? messages.flatMap((it) => check.take(sequenceAtHome(it), factsBy.get(it) ?? []) ?? [])
      : []
    const cursor = { created, sequence, digest: check.told() }
    const stretch = { from: sequenceAtHome(messages[0]!) - 1, to: sequenceAtHome(messages.at(-1)!) }
    const taken = { ours, facts: [...factsBy.values()].flat(), reports, stretch }
    await this.#write(region, kind, cursor, taken, now).catch((error: unknown) => {
      this.#checks.set(stream, new JournalCheck(before))
      throw error
    })
    this.#taken.set(stream, sequence)
    this.#parts.transfers.note(taken.facts)
    for (const it of compared) await this.#judgeJournal(region, kind, it)
    for (const report of reports) {
      if (report.kind === 'heartbeat') this.watches.get(region)!.hear(report, clock.now())
      if (report.kind === 'digests') this.#parts.onDigests(report)
      if (report.kind === 'journal') await this.#hearJournal(region, report)
    }
  }

  async #write(
    region: string,
    kind: Kind,
    cursor: { created: string; sequence: number; digest: StreamDigest | null },
    { ours, facts, reports, stretch }: Taken,
    now: Instant,
  ): Promise<void> {
    const { db } = this.#parts
    const stream = centreStream(kind, region)
    const done = await db.transaction(async (tx) => {
      const whenDone = kind === 'FACTS' ? await this.#facts.take(tx, region, facts, stretch) : null
      if (kind === 'FACTS' || kind === 'DECISIONS')
        await takeBeside(tx, region, kind, facts, formatInstant(now))
      if (kind === 'EXCEPTIONS')
        await takeExceptions(
          tx,
          region,
          ours.flatMap((message) => this.#read(message, ExceptionRecord)),
        )
      await takeReports(tx, region, reports, formatInstant(now))
      await tx
        .insert(intakeCursor)
        .values({ stream, ...cursor })
        .onConflictDoUpdate({
          target: intakeCursor.stream,
          set: {
            created: sql`excluded.created`,
            sequence: sql`excluded.sequence`,
            digest: sql`excluded.digest`,
          },
        })
      return whenDone
    })
    done?.()
  }

  /** What the region's ledger has taken of its streams, held against what was taken here. */
  async #hearJournal(region: string, { streams }: JournalReport): Promise<void> {
    for (const kind of ['FACTS', 'DECISIONS'] as const) {
      const told = streams[kind]
      const compared = told && this.#checks.get(centreStream(kind, region))!.hear(told)
      if (compared) await this.#judgeJournal(region, kind, compared)
    }
  }

  async #judgeJournal(region: string, kind: Kind, compared: Compared): Promise<void> {
    const { db, clock } = this.#parts
    const now = formatInstant(clock.now())
    const key = `journal/${region}/${kind}`
    const found = findJournal(key, region, kind, compared)
    const right = { state: 'converged', detail: 'the region and the centre have taken the same' } as const
    await settle(db, { kind: 'journal', keys: [key] }, found, () => right, now)
    const { from, sequence, count } = compared.told
    const seen = { from, sequence, count, agrees: found.length === 0, comparedAt: now }
    this.journals.set(region, { ...this.journals.get(region), [kind]: seen })
  }

  /** What was taken up to a sequence has become the region's own: from there on it is counted as the region does. */
  readAgain(region: string, kind: 'FACTS' | 'DECISIONS', told: StreamDigest): void {
    this.#checks.get(centreStream(kind, region))!.rebase(told)
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

/** The messages of one part that are the region's, and what is in them. */
type Taken = {
  readonly ours: readonly JsMsg[]
  readonly facts: readonly Fact[]
  readonly reports: readonly Report[]
  /** Of the region's own stream. */
  readonly stretch: Stretch
}

function factsOf(message: JsMsg): Fact[] {
  const parsed = message.json<Fact | Fact[]>()
  return Array.isArray(parsed) ? parsed : [parsed]
}

/** The sequence that a copied message has in its region: NATS writes `<stream> <sequence> …` into the copy. */
const sequenceAtHome = (message: JsMsg): number =>
  Number(message.headers?.get('Nats-Stream-Source').split(' ')[1] ?? message.seq)

/** Bytes of messages in one transaction, about: some thousand facts. Whoever asks the centre meanwhile waits for no more. */
const PART_BYTES = 512 * 1024

function* inParts(messages: readonly JsMsg[]): Generator<readonly JsMsg[]> {
  let part: JsMsg[] = []
  let bytes = 0
  for (const message of messages) {
    part.push(message)
    bytes += message.data.length
    if (bytes < PART_BYTES) continue
    yield part
    part = []
    bytes = 0
  }
  if (part.length > 0) yield part
}
