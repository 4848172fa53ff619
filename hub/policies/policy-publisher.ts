import type { Logger } from 'pino'
import { openCentreWords, type CentreWords } from '../../shared/node/centre-word.ts'
import type { Bus } from '../../shared/node/nats.ts'
import type { PolicyBook } from './policy-book.ts'

type Parts = {
  readonly bus: Bus
  readonly book: PolicyBook
  readonly regions: readonly string[]
  readonly log: Logger
}

/** What failed is tried again after so long. */
const AGAIN_AFTER_MS = 1_000
/** The bucket may have been lost, or restored from an older copy: it is held against the database now and then. */
const COMPARED_EVERY_MS = 30_000

/** Puts into each region's key what the database has in force for it. The database is the truth; the bucket only carries it. */
export class PolicyPublisher {
  readonly #parts: Parts
  #words: CentreWords | null = null
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #isDueAgain = false
  #isStopped = false
  /** Of each region, the revision that its key is known to hold, word by word. */
  readonly #compared = new Map<string, number>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Something else is in force, or may be: what differs is said. */
  publish(): void {
    if (this.#isStopped) return
    if (this.#running) return void (this.#isDueAgain = true)
    if (this.#timer) clearTimeout(this.#timer)
    this.#running = this.#run()
  }

  async #run(): Promise<void> {
    let afterMs = 0
    do {
      this.#isDueAgain = false
      afterMs = await this.#publishAll()
    } while (this.#isDueAgain)
    this.#running = null
    if (!this.#isStopped) this.#timer = setTimeout(() => this.publish(), afterMs)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#running
  }

  /** After how long to look again. */
  async #publishAll(): Promise<number> {
    const { bus, book, regions, log } = this.#parts
    try {
      this.#words ??= await openCentreWords(bus)
      for (const region of regions) {
        const wanted = await book.wanted(region)
        const standing = await this.#words.said(region)
        if (standing?.revision === wanted && this.#compared.get(region) === wanted) continue
        const bundle = await book.bundle(region)
        const isSaid =
          standing === null
            ? bundle.policies.length === 0
            : JSON.stringify(standing) === JSON.stringify(bundle)
        if (!isSaid) {
          await this.#words.say(bundle)
          log.info({ region, revision: bundle.revision }, 'the policies of a region were said')
        }
        this.#compared.set(region, bundle.revision)
      }
      return COMPARED_EVERY_MS
    } catch (error) {
      log.warn({ error: String(error) }, 'the policies could not be said; trying on')
      return AGAIN_AFTER_MS
    }
  }
}
