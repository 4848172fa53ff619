import { JournalMessages } from '../../shared/contract/journal-api.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { StreamDigest } from '../../shared/contract/stream-digest.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import {
  lookAtParts,
  type PartSeen,
  type Rewritten,
  rewritePart,
  type Stretch,
  takeMissing,
} from '../intake/fact-parts.ts'
import type { Intake } from '../intake/intake.ts'
import { takeBeside } from '../intake/take-journal.ts'
import type { Database } from '../store/database.ts'
import { Unavailable } from '../../shared/node/unavailable.ts'
import { eq } from '../store/drizzle.ts'
import { saveVariances, type VarianceChange, type VarianceRow } from '../store/save-variances.ts'
import { variance } from '../store/variance-tables.ts'
import type { RowsEvidence } from './find-rows.ts'
import type { RegionApis } from './region-apis.ts'
import { closedAs } from './standing.ts'

type Kind = 'FACTS' | 'DECISIONS'
type Parts = {
  readonly db: Database
  readonly apis: RegionApis
  readonly clock: Clock
  readonly intake: Pick<Intake, 'readAgain'>
}

/** Facts of a stretch, and how far the region itself has folded its stream. */
type Page = { readonly facts: readonly Fact[]; readonly upTo: number }

/** A part that grows is soon closed. */
const TRIES_MAX = 5

/** Reads a stretch of a region's journal once more, where the centre does not have what the region has. */
export class JournalRepair {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Of a journal variance. Throws Unavailable when the region can't be asked. */
  async repair(row: VarianceRow, by: string): Promise<void> {
    if (Array.isArray((row.evidence as RowsEvidence).parts)) await this.#repairRows(row, by)
    else await this.#repairStream(row, by)
  }

  /** Rows that are not as they were taken become what the region's journal has. */
  async #repairRows(row: VarianceRow, by: string): Promise<void> {
    const { db } = this.#parts
    const evidence = row.evidence as RowsEvidence
    const repaired = { missing: 0, altered: 0, strange: 0 }
    const named = evidence.parts.map(({ part }) => part)
    for (const part of await lookAtParts(db, { after: 0, max: 0 }, named)) {
      const changed = await this.#rewrite(part)
      for (const name of ['missing', 'altered', 'strange'] as const) repaired[name] += changed[name]
    }
    const { missing, altered, strange } = repaired
    const detail = `read again from the region's journal: ${missing} facts were missing, ${altered} others, ${strange} not the region's`
    const seen = await lookAtParts(db, { after: 0, max: 0 }, named)
    await this.#save(row.id, (it, now) => {
      const again = {
        ...it,
        updatedAt: now,
        evidence: { ...(it.evidence as object), readAgain: (evidence.readAgain ?? 0) + 1 },
      }
      const step = { what: 'repairing', by, detail } as const
      if (seen.some(({ agrees }) => !agrees)) return [{ row: again, step }]
      return [{ row: again, step }, corrected(again, now)]
    })
  }

  async #rewrite(part: PartSeen): Promise<Rewritten> {
    const { db } = this.#parts
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const facts: Fact[] = []
      let upTo = 0
      for await (const page of this.#read(part.region, 'FACTS', part)) {
        facts.push(...page.facts)
        upTo = page.upTo
      }
      const done = await db.transaction((tx) => rewritePart(tx, part, facts, upTo >= part.to))
      if (done) return done
      const [grown] = await lookAtParts(db, { after: 0, max: 0 }, [part.part])
      if (grown) part = grown
    }
    throw new Unavailable('facts of this stretch are still coming in; ask again')
  }

  /** Facts of the stream that never came are taken; from here on the centre counts as the region does. */
  async #repairStream(row: VarianceRow, by: string): Promise<void> {
    const { db, clock, intake } = this.#parts
    const kind = row.subject as Kind
    const told = StreamDigest.parse((row.evidence as { region: unknown }).region)
    const stretch = { from: told.from, to: told.sequence }
    let added = 0
    for await (const { facts } of this.#read(row.region, kind, stretch))
      await db.transaction(async (tx) => {
        if (kind === 'FACTS') added += await takeMissing(tx, row.region, facts, stretch)
        await takeBeside(tx, row.region, kind, facts, formatInstant(clock.now()))
      })
    intake.readAgain(row.region, kind, told)
    const counted = kind === 'FACTS' ? `: ${added} facts had not come` : ''
    const detail = `${kind} was read again from the region's journal up to ${told.sequence}${counted}`
    await this.#save(row.id, (it, now) => [
      { row: { ...it, updatedAt: now }, step: { what: 'repairing', by, detail } },
      corrected(it, now),
    ])
  }

  async *#read(region: string, stream: Kind, { from, to }: Stretch): AsyncGenerator<Page> {
    for (let cursor: string | null = '0'; cursor !== null;) {
      const path = `/v1/journal/messages?stream=${stream}&after=${from}&to=${to}&cursor=${cursor}`
      const answer = await this.#parts.apis.ask(region, path)
      if (answer.status !== 200) throw new Error(`the region answered ${answer.status}`)
      const page: JournalMessages = JournalMessages.parse(answer.body)
      const facts = page.messages.flatMap((it) => it.facts as unknown as Fact[])
      yield { facts, upTo: page.upTo }
      cursor = page.cursor
    }
  }

  async #save(id: string, change: (row: VarianceRow, now: string) => VarianceChange[]): Promise<void> {
    await this.#parts.db.transaction(async (tx) => {
      const [row] = await tx.select().from(variance).where(eq(variance.id, id)).for('update')
      if (row?.state === 'open') await saveVariances(tx, change(row, formatInstant(this.#parts.clock.now())))
    })
  }
}

const corrected = (row: VarianceRow, now: string): VarianceChange =>
  closedAs(row, { state: 'corrected', detail: 'the journal was read again: both have the same' }, now)
