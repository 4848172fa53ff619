import { and, asc, desc, eq, gt, lt, sql } from '../store/drizzle.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import { sha256Hex } from '../../shared/node/secrets.ts'
import type { Database } from '../store/database.ts'
import { auditEntry } from '../store/tables.ts'

/** What somebody did, or tried to. `detail` is kept as the text it is hashed as. */
export type AuditEntry = typeof auditEntry.$inferSelect
export type NewAuditEntry = {
  readonly actor: string
  readonly via: string
  readonly action: string
  readonly subject: string
  readonly correlationId: string
  readonly detail: Readonly<Record<string, unknown>>
}

export type AuditHead = { readonly sequence: number; readonly hash: string }
export type AuditVerdict = {
  readonly intact: boolean
  readonly entries: number
  readonly head: AuditHead
  readonly faults: readonly { readonly sequence: number; readonly what: string }[]
}

/** Before the first entry. */
const GENESIS = '0'.repeat(64)
/** One writer at a time, also of two processes over one PostgreSQL: any number that nobody else locks. */
const LOCK = 7_465_746
const PAGE = 1_000
/** Where everything was changed, the first few say it. */
const FAULTS_MAX = 20

/**
 * The audit log: each entry's hash covers the entry and the hash before it, and the database refuses to change or remove
 * one. Who gets around the database breaks the chain; who rewrites the whole chain does not have the heads that were
 * written to the process's log.
 */
export class AuditLog {
  readonly #db: Database
  readonly #onHead: (head: AuditHead) => void

  constructor(db: Database, onHead: (head: AuditHead) => void) {
    this.#db = db
    this.#onHead = onHead
  }

  /** Resolves when it is on the disk. Inside a transaction of the action where that is in this database. */
  async append(entry: NewAuditEntry, now: Instant, within: Database = this.#db): Promise<number> {
    const head = await within.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
      const last = await headOf(tx)
      const { detail, ...told } = entry
      const content = {
        sequence: last.sequence + 1,
        at: formatInstant(now),
        ...told,
        detail: JSON.stringify(detail),
      }
      const row = { ...content, previous: last.hash, hash: hashOf(last.hash, content) }
      await tx.insert(auditEntry).values(row)
      return { sequence: row.sequence, hash: row.hash }
    })
    this.#onHead(head)
    return head.sequence
  }

  /** Latest first, those before a sequence. */
  async page(asked: {
    readonly before?: number | undefined
    readonly actor?: string | undefined
    /** A part of it. */
    readonly subject?: string | undefined
    readonly limit: number
  }): Promise<AuditEntry[]> {
    return this.#db
      .select()
      .from(auditEntry)
      .where(
        and(
          asked.before === undefined ? undefined : lt(auditEntry.sequence, asked.before),
          asked.actor === undefined ? undefined : eq(auditEntry.actor, asked.actor),
          asked.subject === undefined
            ? undefined
            : sql`position(${asked.subject} in ${auditEntry.subject}) > 0`,
        ),
      )
      .orderBy(desc(auditEntry.sequence))
      .limit(asked.limit)
  }

  /** Goes through the whole chain; `noted` is a head that was written down elsewhere, and has to be in it. */
  async verify(noted: AuditHead | null = null): Promise<AuditVerdict> {
    const faults: { sequence: number; what: string }[] = []
    let head: AuditHead = { sequence: 0, hash: GENESIS }
    let entries = 0
    let isNotedThere = noted === null
    for (;;) {
      const rows = await this.#db
        .select()
        .from(auditEntry)
        .where(gt(auditEntry.sequence, head.sequence))
        .orderBy(asc(auditEntry.sequence))
        .limit(PAGE)
      for (const row of rows) {
        const what = faultOf(row, head)
        if (what !== null) faults.push({ sequence: row.sequence, what })
        if (noted !== null && row.sequence === noted.sequence && row.hash === noted.hash) isNotedThere = true
        head = { sequence: row.sequence, hash: row.hash }
        entries++
      }
      if (rows.length < PAGE) break
    }
    if (!isNotedThere)
      faults.push({ sequence: noted!.sequence, what: 'the head that was noted is not in the log' })
    return { intact: faults.length === 0, entries, head, faults: faults.slice(0, FAULTS_MAX) }
  }
}

function faultOf(row: AuditEntry, before: AuditHead): string | null {
  if (row.sequence !== before.sequence + 1) return `entries ${before.sequence + 1} to here are missing`
  if (row.previous !== before.hash) return 'it does not follow on the entry before it'
  return row.hash === hashOf(row.previous, row) ? null : 'its content was changed'
}

async function headOf(db: Database): Promise<AuditHead> {
  const [row] = await db.select().from(auditEntry).orderBy(desc(auditEntry.sequence)).limit(1)
  return row ?? { sequence: 0, hash: GENESIS }
}

/** The order of the fields is part of the format. */
const hashOf = (previous: string, row: Omit<AuditEntry, 'previous' | 'hash'>): string =>
  sha256Hex(
    `${previous}\n${JSON.stringify([row.sequence, row.at, row.actor, row.via, row.action, row.subject, row.correlationId, row.detail])}`,
  )
