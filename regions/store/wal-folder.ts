import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import { AskedThread } from '../../shared/node/asked-thread.ts'

const LOOK_EVERY_MS = 1_000
/** 64 MB: less often costs space and a slower start after a kill. */
const PAGES_MAX = 4_000
const FOLDED_WITHIN_MS = 60_000

/**
 * Folds the WAL back into the database file, in a thread of its own: copying and syncing tens of megabytes takes longer
 * than a hold may wait. While this process goes on writing the thread is never quite done; so when the WAL has become
 * long, the few pages that are left are folded here, and it begins anew.
 */
export class WalFolder {
  readonly #thread: AskedThread<null, { readonly pages: number }>
  readonly #database: DatabaseSync
  readonly #log: Logger
  readonly #pagesMax: number
  #timer: NodeJS.Timeout | null = null
  #isFolding = false

  constructor(database: DatabaseSync, log: Logger, options: { readonly pagesMax?: number } = {}) {
    this.#database = database
    this.#log = log
    this.#pagesMax = options.pagesMax ?? PAGES_MAX
    this.#thread = new AskedThread({
      module: new URL('wal-worker.ts', import.meta.url),
      data: { path: database.location() },
      answerWithinMs: FOLDED_WITHIN_MS,
      tooLate: 'the WAL takes very long to fold',
      waitingMax: 1,
      keptMs: null,
      onError: (error) => log.error({ err: error }, 'the WAL could not be folded'),
    })
  }

  start(everyMs: number = LOOK_EVERY_MS): void {
    this.#timer = setInterval(() => void this.#look(), everyMs)
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    await this.#thread.stop()
  }

  async #look(): Promise<void> {
    if (this.#isFolding) return
    this.#isFolding = true
    try {
      const { pages } = await this.#thread.ask(null)
      if (pages >= this.#pagesMax && this.#timer) this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)')
    } catch (error) {
      if (this.#timer) this.#log.warn({ error: String(error) }, 'the WAL was not folded; trying on')
    } finally {
      this.#isFolding = false
    }
  }
}
