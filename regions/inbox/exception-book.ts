import type { DatabaseSync } from 'node:sqlite'
import type { ExceptionLetter, ExceptionRecord } from '../../shared/contract/exceptions.ts'
import { formatInstant, parseInstant } from '../../shared/kernel/clock.ts'
import type { Message, Refusal } from '../connectors/connector.ts'

/** A dead letter: what came, why it could not count, and what has to be known before a replay makes sense. */
export type DeadLetter = {
  readonly stage: ExceptionRecord['stage']
  readonly message: Message
  readonly refusals: readonly [Refusal, ...Refusal[]]
  readonly correlationId: string
}

export type OpenUnknown = {
  readonly id: string
  readonly source: string
  readonly unknown: readonly { kind: string; code: string; sku?: string }[]
}

export type ExceptionFilter = {
  readonly status?: string | undefined
  readonly source?: string | undefined
  readonly class?: string | undefined
  readonly cursor?: number | undefined
  readonly limit: number
}

/** Whether a letter's state is on EXCEPTIONS: not yet; yes; or that is for the region's writer to say. */
const [UNPUBLISHED, PUBLISHED, NOT_OURS] = [0, 1, 2]

/** A hundred lines may be refused for a hundred reasons; an operator needs the first few. */
const REFUSALS_SHOWN_MAX = 10

/** The exceptions of a region, kept with the bytes of what was not understood until someone settles them. */
export class ExceptionBook {
  readonly #insert
  readonly #insertNew
  readonly #follow
  readonly #claim
  readonly #byId
  readonly #list
  readonly #settle
  readonly #openUnknown
  readonly #unpublished
  readonly #markPublished
  readonly #countOpen
  readonly #openIdsOf
  readonly #isOpen

  constructor(database: DatabaseSync) {
    const columns =
      'id, at, stage, source, class, code, detail, correlation_id, content_type, headers, body, unknown, attempts, status, published'
    const places = columns.replace(/[^,]+/g, '?')
    this.#insert = database.prepare(
      `INSERT INTO exception (${columns}) VALUES (${places})
       ON CONFLICT (id) DO UPDATE SET attempts = attempts + 1, status = 'open', class = excluded.class, code = excluded.code, detail = excluded.detail, unknown = excluded.unknown, published = 0`,
    )
    this.#insertNew = database.prepare(
      `INSERT INTO exception (${columns}) VALUES (${places}) ON CONFLICT (id) DO NOTHING`,
    )
    const latest = columns.replace(/(\w+)(, )?/g, '$1 = excluded.$1$2')
    this.#follow = database.prepare(
      `INSERT INTO exception (${columns}) VALUES (${places}) ON CONFLICT (id) DO UPDATE SET ${latest}`,
    )
    this.#claim = database.prepare(
      `UPDATE exception SET published = ${UNPUBLISHED} WHERE published = ${NOT_OURS}`,
    )
    this.#byId = database.prepare('SELECT * FROM exception WHERE id = ?')
    this.#list = database.prepare(
      `SELECT rowid, * FROM exception WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR source = ?2) AND (?3 IS NULL OR class = ?3) AND rowid < ?4 ORDER BY rowid DESC LIMIT ?5`,
    )
    this.#settle = database.prepare('UPDATE exception SET status = ?, published = 0 WHERE id = ?')
    this.#openUnknown = database.prepare(
      `SELECT id, source, unknown FROM exception WHERE status = 'open' AND unknown <> '[]' ORDER BY id`,
    )
    this.#unpublished = database.prepare('SELECT * FROM exception WHERE published = 0 ORDER BY id LIMIT ?')
    this.#markPublished = database.prepare(
      'UPDATE exception SET published = 1 WHERE id = ? AND attempts = ? AND status = ?',
    )
    this.#isOpen = database.prepare(`SELECT 1 FROM exception WHERE id = ? AND status = 'open'`)
    this.#openIdsOf = database.prepare(`SELECT id FROM exception WHERE status = 'open' AND class = ?`)
    this.#countOpen = database.prepare(`SELECT count(*) AS n FROM exception WHERE status = 'open'`)
  }

  /** Keeps a letter. The same `id` again (a replay that failed) is the same exception, tried once more. */
  keep(id: string, letter: DeadLetter): void {
    this.#insert.run(...valuesOf(id, letter), 1, 'open', UNPUBLISHED)
  }

  /** Keeps a letter that may have been kept before: then it stays as it is. */
  keepNew(id: string, letter: DeadLetter): void {
    this.#insertNew.run(...valuesOf(id, letter), 1, 'open', UNPUBLISHED)
  }

  /** Keeps a letter that the region's writer keeps too: it is the writer's to tell of, as long as there is one. */
  keepBeside(id: string, letter: DeadLetter): void {
    this.#insertNew.run(...valuesOf(id, letter), 1, 'open', NOT_OURS)
  }

  /** Takes what the stream says of a letter, whatever was known of it here. Inside a transaction. */
  follow(letter: ExceptionLetter, body: Uint8Array): void {
    const {
      id,
      at,
      stage,
      source,
      class: kind,
      code,
      detail,
      correlationId,
      contentType,
      headers,
      unknown,
    } = letter
    this.#follow.run(
      id,
      parseInstant(at)!,
      stage,
      source,
      kind,
      code,
      detail,
      correlationId,
      contentType ?? null,
      JSON.stringify(headers),
      body,
      JSON.stringify(unknown),
      letter.attempts,
      letter.status,
      PUBLISHED,
    )
  }

  /** There is no other writer any more: what only it would have told of is told. */
  claim(): void {
    this.#claim.run()
  }

  get(id: string): ExceptionRecord | null {
    const row = this.#byId.get(id)
    return row ? recordOf(row, true) : null
  }

  messageOf(id: string): Message | null {
    const row = this.#byId.get(id)
    if (!row) return null
    return {
      source: row['source'] as string,
      body: row['body'] as Uint8Array,
      contentType: row['content_type'] as string | null,
      headers: JSON.parse(row['headers'] as string) as Record<string, string>,
      receivedAt: row['at'] as number,
    }
  }

  /** Newest first. `cursor` continues behind a page; null when it was the last. */
  list(filter: ExceptionFilter): { readonly page: ExceptionRecord[]; readonly cursor: number | null } {
    const {
      status = null,
      source = null,
      class: kind = null,
      cursor = Number.MAX_SAFE_INTEGER,
      limit,
    } = filter
    const rows = this.#list.all(status, source, kind, cursor, limit)
    return {
      page: rows.map((row) => recordOf(row, false)),
      cursor: rows.length === limit ? (rows[rows.length - 1]!['rowid'] as number) : null,
    }
  }

  settle(id: string, status: 'replayed' | 'discarded'): void {
    this.#settle.run(status, id)
  }

  /** What waits only for codes to be known. */
  openUnknown(): OpenUnknown[] {
    return this.#openUnknown.all().map((row) => ({
      id: row['id'] as string,
      source: row['source'] as string,
      unknown: JSON.parse(row['unknown'] as string) as OpenUnknown['unknown'],
    }))
  }

  unpublished(most: number): ExceptionLetter[] {
    return this.#unpublished.all(most).map((row) => ({
      ...recordOf(row, true),
      headers: JSON.parse(row['headers'] as string) as ExceptionLetter['headers'],
      unknown: JSON.parse(row['unknown'] as string) as ExceptionLetter['unknown'],
    }))
  }

  markPublished({ id, attempts, status }: ExceptionRecord): void {
    this.#markPublished.run(id, attempts, status)
  }

  openIdsOf(kind: ExceptionRecord['class']): string[] {
    return this.#openIdsOf.all(kind).map((row) => row['id'] as string)
  }

  isOpen(id: string): boolean {
    return this.#isOpen.get(id) !== undefined
  }

  countOpen(): number {
    return this.#countOpen.get()!['n'] as number
  }
}

function valuesOf(id: string, { stage, message, refusals, correlationId }: DeadLetter) {
  const [{ class: kind, code }] = refusals
  const { source, body, contentType, headers, receivedAt } = message
  const unknown = refusals.flatMap((refusal) => (refusal.unknown ? [refusal.unknown] : []))
  const waitsFor = JSON.stringify(unknown.length === refusals.length ? unknown : [])
  const said = [kind, code, detailOf(refusals), correlationId] as const
  return [
    id,
    receivedAt,
    stage,
    source,
    ...said,
    contentType,
    JSON.stringify(headers),
    body,
    waitsFor,
  ] as const
}

export function detailOf(refusals: readonly Refusal[]): string {
  const shown = refusals.slice(0, REFUSALS_SHOWN_MAX).map(({ detail }) => detail)
  return [
    ...shown,
    ...(refusals.length > REFUSALS_SHOWN_MAX ? [`and ${refusals.length - REFUSALS_SHOWN_MAX} more`] : []),
  ].join('; ')
}

function recordOf(row: Record<string, unknown>, withBody: boolean): ExceptionRecord {
  return {
    id: row['id'] as string,
    at: formatInstant(row['at'] as number),
    stage: row['stage'] as ExceptionRecord['stage'],
    source: row['source'] as string,
    class: row['class'] as ExceptionRecord['class'],
    code: row['code'] as string,
    detail: row['detail'] as string,
    attempts: row['attempts'] as number,
    status: row['status'] as ExceptionRecord['status'],
    correlationId: row['correlation_id'] as string,
    ...(row['content_type'] === null ? {} : { contentType: row['content_type'] as string }),
    ...(withBody ? { body: Buffer.from(row['body'] as Uint8Array).toString('base64') } : {}),
  }
}
