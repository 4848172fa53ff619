import type { Logger } from 'pino'
import type { Clock } from '../../shared/kernel/clock.ts'
import { secretMatcher } from '../../shared/node/secrets.ts'
import type { Database } from '../store/database.ts'
import { AuditLog } from './audit-log.ts'
import type { AccessConfig } from './access-config.ts'
import { Oidc } from './oidc.ts'
import { RateLimit, SIGN_IN_RATE, WRITE_RATE } from '../../shared/node/rate-limit.ts'
import { KEY_HOLDER, type Person } from './role.ts'
import { type Credential, Sessions } from './sessions.ts'
import { Tokens } from './tokens.ts'

/** Who may come in, who is in, and what they did. */
export class Access {
  readonly tokens: Tokens
  readonly sessions: Sessions
  readonly audit: AuditLog
  readonly oidc: Oidc | null
  readonly signIns = new RateLimit(SIGN_IN_RATE)
  readonly writes = new RateLimit(WRITE_RATE)
  readonly clock: Clock
  readonly config: AccessConfig
  readonly #key: string
  readonly #isKey: (given: string) => boolean

  constructor(parts: { db: Database; clock: Clock; log: Logger; key: string; config: AccessConfig }) {
    const { db, clock, log, key, config } = parts
    this.clock = clock
    this.config = config
    this.tokens = new Tokens(db)
    this.sessions = new Sessions(db, this.tokens, key)
    // Wherever the log goes, there are the heads that the chain can be held against.
    this.audit = new AuditLog(db, (head) => log.info({ audit: head }, 'audit'))
    this.oidc = config.oidc ? new Oidc(config.oidc, config.publicUrl!, key) : null
    this.#key = key
    this.#isKey = secretMatcher(key)
  }

  /** Who holds this key or token. */
  async holder(secret: string): Promise<{ person: Person; credential: Credential } | null> {
    if (this.#isKey(secret)) return { person: KEY_HOLDER, credential: { key: this.#key } }
    const found = await this.tokens.holder(secret, this.clock.now())
    return found && { person: found.person, credential: { tokenId: found.tokenId } }
  }
}
