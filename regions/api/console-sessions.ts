import { randomBytes } from 'node:crypto'
import type { Clock, Instant } from '../../shared/kernel/clock.ts'
import { sha256Hex } from '../../shared/node/secrets.ts'

export const SESSION_MS = 12 * 3_600_000
/** Beyond so many the oldest is signed out. */
const SESSIONS_MAX = 200

/** Browsers that signed in with the region's key. In memory: after a restart they sign in again. */
export class ConsoleSessions {
  readonly #clock: Clock
  readonly #until = new Map<string, Instant>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  open(): string {
    const cookie = randomBytes(24).toString('base64url')
    this.#until.set(sha256Hex(cookie), this.#clock.now() + SESSION_MS)
    if (this.#until.size > SESSIONS_MAX) this.#until.delete(this.#until.keys().next().value!)
    return cookie
  }

  isOpen(cookie: string): boolean {
    return (this.#until.get(sha256Hex(cookie)) ?? 0) > this.#clock.now()
  }

  close(cookie: string): void {
    this.#until.delete(sha256Hex(cookie))
  }
}
