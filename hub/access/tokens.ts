import { randomBytes } from 'node:crypto'
import { and, desc, eq, isNull } from '../store/drizzle.ts'
import { formatInstant, type Instant, parseInstant } from '../../shared/kernel/clock.ts'
import { secretEquals, sha256Hex } from '../../shared/node/secrets.ts'
import type { Database } from '../store/database.ts'
import { accessToken } from '../store/tables.ts'
import { Grants, type Grant } from '../../shared/contract/access-api.ts'
import type { Person } from './role.ts'

export type TokenView = {
  readonly id: string
  readonly name: string
  readonly grants: readonly Grant[]
  readonly createdAt: string
  readonly createdBy: string
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  /** To the minute. */
  readonly lastUsedAt: string | null
}
export type NewToken = {
  readonly name: string
  readonly grants: readonly Grant[]
  readonly expiresAt: Instant | null
}

const TOKEN = /^plt_([0-9a-f]{12})_[A-Za-z0-9_-]{32}$/
const USE_NOTED_EVERY_MS = 60_000
const SHOWN_MAX = 1_000
/** What an unknown id is compared with, so that it takes as long to refuse as a wrong secret. */
const NOBODY = sha256Hex('nobody')

/** Local tokens: `plt_<id>_<secret>`, of which the database has the hash alone. */
export class Tokens {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** The token itself is told here, and never again. */
  async create(asked: NewToken, createdBy: string, now: Instant): Promise<TokenView & { token: string }> {
    const id = randomBytes(6).toString('hex')
    const token = `plt_${id}_${randomBytes(24).toString('base64url')}`
    const row = {
      id,
      name: asked.name,
      hash: sha256Hex(token),
      grants: asked.grants,
      createdAt: formatInstant(now),
      createdBy,
      expiresAt: asked.expiresAt === null ? null : formatInstant(asked.expiresAt),
      revokedAt: null,
      lastUsedAt: null,
    }
    await this.#db.insert(accessToken).values(row)
    return { ...viewOf(row), token }
  }

  /** Who holds this token; null when it is none, is over, or was revoked. */
  async holder(token: string, now: Instant): Promise<{ person: Person; tokenId: string } | null> {
    const id = TOKEN.exec(token)?.[1]
    if (id === undefined) return null
    const [row] = await this.#db.select().from(accessToken).where(eq(accessToken.id, id))
    const isIt = secretEquals(sha256Hex(token), row?.hash ?? NOBODY)
    if (!row || !isIt || !isGood(row, now)) return null
    if (row.lastUsedAt === null || now - parseInstant(utc(row.lastUsedAt))! > USE_NOTED_EVERY_MS)
      await this.#db
        .update(accessToken)
        .set({ lastUsedAt: formatInstant(now) })
        .where(eq(accessToken.id, id))
    return { person: personOf(row), tokenId: id }
  }

  /** Whether a session that was opened with a token still has it behind it. */
  async isGood(id: string, now: Instant): Promise<boolean> {
    const [row] = await this.#db.select().from(accessToken).where(eq(accessToken.id, id))
    return row !== undefined && isGood(row, now)
  }

  async list(): Promise<TokenView[]> {
    const rows = await this.#db
      .select()
      .from(accessToken)
      .orderBy(desc(accessToken.createdAt), accessToken.id)
      .limit(SHOWN_MAX)
    return rows.map(viewOf)
  }

  async find(id: string): Promise<TokenView | null> {
    const [row] = await this.#db.select().from(accessToken).where(eq(accessToken.id, id))
    return row ? viewOf(row) : null
  }

  /** Takes effect at once, also on the sessions that were opened with it. Null when there is none. */
  async revoke(id: string, now: Instant): Promise<TokenView | null> {
    await this.#db
      .update(accessToken)
      .set({ revokedAt: formatInstant(now) })
      .where(and(eq(accessToken.id, id), isNull(accessToken.revokedAt)))
    return this.find(id)
  }

  /** The old one goes on for a while beside the new one, so that who uses it can be changed without a gap. */
  async rotate(
    old: TokenView,
    overlapMs: number,
    by: string,
    now: Instant,
  ): Promise<TokenView & { token: string }> {
    const expiresAt = old.expiresAt === null ? null : parseInstant(old.expiresAt)!
    // It lives as long as the old one was meant to from the start.
    const next = expiresAt === null ? null : now + (expiresAt - parseInstant(old.createdAt)!)
    const made = await this.create({ name: old.name, grants: old.grants, expiresAt: next }, by, now)
    const until = Math.min(now + overlapMs, expiresAt ?? Number.POSITIVE_INFINITY)
    await this.#db
      .update(accessToken)
      .set({ expiresAt: formatInstant(until) })
      .where(eq(accessToken.id, old.id))
    return made
  }
}

type Row = typeof accessToken.$inferSelect

const isGood = (row: Row, now: Instant): boolean =>
  row.revokedAt === null && (row.expiresAt === null || now < parseInstant(utc(row.expiresAt))!)

const personOf = (row: Row): Person => ({
  id: `token:${row.name}`,
  name: row.name,
  via: 'token',
  grants: Grants.parse(row.grants),
})

const viewOf = ({ hash: _hash, ...row }: Row): TokenView => ({
  ...row,
  grants: Grants.parse(row.grants),
  createdAt: utc(row.createdAt),
  expiresAt: row.expiresAt && utc(row.expiresAt),
  revokedAt: row.revokedAt && utc(row.revokedAt),
  lastUsedAt: row.lastUsedAt && utc(row.lastUsedAt),
})

/** PostgreSQL writes times its own way. */
const utc = (text: string): string => new Date(text).toISOString()
