import type { Logger } from 'pino'
import type { StreamCursor } from '../ledger/journal.ts'
import type { Handover } from '../ops/handover.ts'

/** So much, at most, the next writer translates again after a kill: it counts once all the same. */
const NOTED_EVERY_MS = 250

type Parts = {
  readonly handover: Pick<Handover, 'noteInbound'>
  /** Resolves when the dead letters that are kept are where the region's next writer finds them. */
  readonly tellExceptions: () => Promise<void>
  readonly log: Logger
}

/** Tells the region's next writer how far INBOUND is understood: only what has its letters told is, and it begins right behind that. */
export class UnderstoodMark {
  readonly #parts: Parts
  #reached: StreamCursor = { created: '', sequence: 0 }
  #noted = 0
  #timer: NodeJS.Timeout | null = null

  constructor(parts: Parts) {
    this.#parts = parts
  }

  start(from: StreamCursor): void {
    this.#reached = from
    this.#timer = setInterval(() => void this.#note(), NOTED_EVERY_MS)
  }

  reach(sequence: number): void {
    this.#reached = { ...this.#reached, sequence }
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.#note()
  }

  async #note(): Promise<void> {
    const { tellExceptions, handover, log } = this.#parts
    const reached = this.#reached
    if (reached.sequence <= this.#noted) return
    try {
      await tellExceptions()
      await handover.noteInbound(reached)
      this.#noted = reached.sequence
    } catch (error) {
      log.warn({ error: String(error) }, 'how far INBOUND is understood could not be noted yet')
    }
  }
}
