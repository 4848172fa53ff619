import type { Logger } from 'pino'
import type { Moment } from '../../shared/contract/as-of.ts'
import type { Region } from '../../shared/domain/ids.ts'
import type { Clock, Instant } from '../../shared/kernel/clock.ts'
import { AskedThread } from '../../shared/node/asked-thread.ts'
import type { AsOfAnswer, AsOfQuestion } from './answer-at.ts'

export type AsOfRequest = { readonly moment: Moment; readonly question: AsOfQuestion }

const ANSWER_WITHIN_MS = 20_000
/** An earlier ledger takes as much memory as the present one. */
const KEPT_MS = 300_000
const WAITING_MAX = 100

/** Answers questions about earlier moments, from the journal, in a thread of its own. */
export class AsOfReader {
  readonly #thread: AskedThread<{ request: AsOfRequest; now: Instant }, AsOfAnswer>
  readonly #clock: Clock

  constructor({ clock, log, ...data }: { path: string; region: Region; clock: Clock; log: Logger }) {
    this.#clock = clock
    this.#thread = new AskedThread({
      module: new URL('as-of-worker.ts', import.meta.url),
      data,
      answerWithinMs: ANSWER_WITHIN_MS,
      tooLate: 'the journal is still being folded up to that moment; ask again',
      waitingMax: WAITING_MAX,
      keptMs: KEPT_MS,
      onError: (error) => log.error({ err: error }, 'an earlier moment could not be folded'),
    })
  }

  ask = (request: AsOfRequest): Promise<AsOfAnswer> => this.#thread.ask({ request, now: this.#clock.now() })

  stop = (): Promise<void> => this.#thread.stop()
}
