import { randomBytes } from 'node:crypto'
import { and, eq, gt, lte, or } from '../store/drizzle.ts'
import { formatInstant, type Instant, parseInstant } from '../../shared/kernel/clock.ts'
import { secretEquals, sha256Hex } from '../../shared/node/secrets.ts'
import type { Database } from '../store/database.ts'
import { session } from '../store/tables.ts'
import { Grants } from '../../shared/contract/access-api.ts'
import type { Person } from './role.ts'
import type { Tokens } from './tokens.ts'

/** A working day. Then one signs in again, however busy one was. */
export const SESSION_MS = 12 * 3_600_000
/** So long a cookie that was seen by somebody else is of use at most, while its owner goes on. */
const ROTATED_EVERY_MS = 3_600_000
/** Requests that were under way when the id changed still carry the one before. */
const BEFORE_HOLDS_MS = 60_000

/** What a session stands on: when it falls, so does the session. */
export type Credential = { readonly tokenId: string } | { readonly key: string } | 'oidc'

export type FoundSession = {
  readonly person: Person
  readonly expiresAt: Instant
  /** What the cookie has to be from now on; null while it stays. */
  readonly next: string | null
}

/** Browsers that signed in. The cookie is a random id of which the database has the hash. */
export class Sessions {
  readonly #db: Database
  readonly #tokens: Tokens
  readonly #keyPrint: string

  /** Sessions that were opened with another key than this one are over. */
  constructor(db: Database, tokens: Tokens, key: string) {
    this.#db = db
    this.#tokens = tokens
    this.#keyPrint = printOf(key)
  }

  /** The cookie. A new id for every sign-in: one that was planted in a browser before is worth nothing after it. */
  async open(person: Person, credential: Credential, now: Instant): Promise<string> {
    await this.#db.delete(session).where(lte(session.expiresAt, formatInstant(now)))
    const id = newId()
    await this.#db.insert(session).values({
      hash: sha256Hex(id),
      previousHash: null,
      previousUntil: null,
      rotatedAt: formatInstant(now),
      expiresAt: formatInstant(now + SESSION_MS),
      person,
      tokenId: typeof credential === 'object' && 'tokenId' in credential ? credential.tokenId : null,
      keyPrint: typeof credential === 'object' && 'key' in credential ? printOf(credential.key) : null,
    })
    return id
  }

  /** Who it is, and the next cookie when this one has been used for long enough. */
  async find(cookie: string, now: Instant): Promise<FoundSession | null> {
    const row = await this.#row(cookie, now)
    if (!row || !(await this.#stands(row, now))) return null
    const expiresAt = parseInstant(utc(row.expiresAt))!
    const person = { ...(row.person as Person), grants: Grants.parse((row.person as Person).grants) }
    const isOld = now - parseInstant(utc(row.rotatedAt))! >= ROTATED_EVERY_MS
    const isCurrent = row.hash === sha256Hex(cookie)
    return { person, expiresAt, next: isOld && isCurrent ? await this.#rotate(row.hash, now) : null }
  }

  /** Ends it on this side too: a copy of the cookie is worth nothing any more. */
  async close(cookie: string): Promise<Person | null> {
    const hash = sha256Hex(cookie)
    const [gone] = await this.#db
      .delete(session)
      .where(or(eq(session.hash, hash), eq(session.previousHash, hash)))
      .returning({ person: session.person })
    return (gone?.person as Person | undefined) ?? null
  }

  async #row(cookie: string, now: Instant): Promise<Row | undefined> {
    const hash = sha256Hex(cookie)
    const at = formatInstant(now)
    const isBefore = and(eq(session.previousHash, hash), gt(session.previousUntil, at))
    const [row] = await this.#db
      .select()
      .from(session)
      .where(and(or(eq(session.hash, hash), isBefore), gt(session.expiresAt, at)))
    return row
  }

  async #stands({ tokenId, keyPrint }: Row, now: Instant): Promise<boolean> {
    if (tokenId !== null) return this.#tokens.isGood(tokenId, now)
    return keyPrint === null || secretEquals(keyPrint, this.#keyPrint)
  }

  /** Null when another request of the same browser was faster. */
  async #rotate(hash: string, now: Instant): Promise<string | null> {
    const id = newId()
    const changed = await this.#db
      .update(session)
      .set({
        hash: sha256Hex(id),
        previousHash: hash,
        previousUntil: formatInstant(now + BEFORE_HOLDS_MS),
        rotatedAt: formatInstant(now),
      })
      .where(eq(session.hash, hash))
      .returning({ hash: session.hash })
    return changed.length > 0 ? id : null
  }
}

type Row = typeof session.$inferSelect

const newId = (): string => randomBytes(32).toString('base64url')
const printOf = (key: string): string => sha256Hex(`key of sessions: ${key}`)
const utc = (text: string): string => new Date(text).toISOString()
