import type { DatabaseSync } from 'node:sqlite'
import type { Fact } from '../../shared/contract/events.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { type Movement, movementOf } from './core/movement.ts'
import { FACT_STATUSES } from './journal.ts'

export type JournalQuestion = {
  readonly sku?: string | undefined
  readonly orderRef?: string | undefined
  readonly correlationId?: string | undefined
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
  /** Continues before this entry. */
  readonly before?: number | undefined
  readonly limit: number
}

export type JournalLine = {
  readonly entry: number
  readonly stream: string
  readonly streamSequence: number
  readonly recordedAt: Instant
  readonly status: (typeof FACT_STATUSES)[number]
  /** The region's version when this fact had taken effect; null when it had none. */
  readonly version: number | null
  readonly event: Fact
  /** How the event moves the physical states of a position; null when it moves none, or took no effect. */
  readonly effect: Movement | null
}

/** Entries looked at in one answer: the ledger waits meanwhile. */
const ENTRIES_MAX = 2_000

/** Looks through the journal, newest first, a bounded stretch at a time. */
export class JournalSearch {
  readonly #read

  constructor(database: DatabaseSync) {
    this.#read = database.prepare(
      'SELECT entry, stream, stream_sequence, recorded_at, sequence_before, body, statuses FROM journal WHERE entry < ? ORDER BY entry DESC LIMIT ?',
    )
  }

  /** `cursor` goes on behind what was looked at, also when nothing was found there; null at the journal's beginning. */
  find(question: JournalQuestion): { readonly lines: JournalLine[]; readonly cursor: number | null } {
    const lines: JournalLine[] = []
    let cursor = question.before ?? Number.MAX_SAFE_INTEGER
    let seen = 0
    for (const row of this.#read.iterate(cursor, ENTRIES_MAX)) {
      seen++
      cursor = row['entry'] as number
      const recordedAt = row['recorded_at'] as number
      if (question.from !== undefined && recordedAt < question.from) return { lines, cursor: null }
      if (question.to === undefined || recordedAt <= question.to)
        lines.push(...linesOf(row).filter((line) => isAbout(line.event, question)))
      if (lines.length >= question.limit) return { lines, cursor }
    }
    return { lines, cursor: seen < ENTRIES_MAX ? null : cursor }
  }
}

const decoder = new TextDecoder()

/** The facts of one entry, latest first. */
function linesOf(row: Record<string, unknown>): JournalLine[] {
  const parsed = JSON.parse(decoder.decode(row['body'] as Uint8Array)) as Fact | Fact[]
  const statuses = row['statuses'] as Uint8Array
  let version = row['sequence_before'] as number
  const lines = (Array.isArray(parsed) ? parsed : [parsed]).map((event, i): JournalLine => {
    const status = FACT_STATUSES[statuses[i]!]!
    const isAccepted = status === 'accepted'
    if (isAccepted) version++
    return {
      entry: row['entry'] as number,
      stream: row['stream'] as string,
      streamSequence: row['stream_sequence'] as number,
      recordedAt: row['recorded_at'] as number,
      status,
      version: isAccepted ? version : null,
      event,
      effect: isAccepted ? movementOf(event) : null,
    }
  })
  return lines.toReversed()
}

function isAbout(event: Fact, { sku, orderRef, correlationId }: JournalQuestion): boolean {
  const data = (event.data ?? {}) as { orderRef?: string; lines?: { sku: string }[] }
  if (sku !== undefined && event.subject !== sku && !data.lines?.some((line) => line.sku === sku))
    return false
  if (orderRef !== undefined && data.orderRef !== orderRef) return false
  return correlationId === undefined || event.correlationid === correlationId
}
