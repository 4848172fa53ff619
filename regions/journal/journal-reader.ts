import { dirname, join } from 'node:path'
import type { Logger } from 'pino'
import { AskedThread } from '../../shared/node/asked-thread.ts'
import type { JournalPage, JournalQuestion } from './journal-search.ts'

const ANSWER_WITHIN_MS = 10_000
const WAITING_MAX = 100
/** A start has better things to do first. */
const START_AFTER_MS = 3_000

/** Answers what is asked of the journal, in a thread of its own, which also keeps the index up with it. */
export class JournalReader {
  readonly #thread: AskedThread<JournalQuestion, JournalPage>
  #timer: NodeJS.Timeout | null = null

  /** The index lies beside the database. */
  constructor(path: string, log: Logger) {
    this.#thread = new AskedThread({
      module: new URL('journal-worker.ts', import.meta.url),
      data: { path, indexPath: join(dirname(path), 'journal-index.db') },
      answerWithinMs: ANSWER_WITHIN_MS,
      tooLate: 'the journal is being looked through; ask again',
      waitingMax: WAITING_MAX,
      keptMs: null,
      onError: (error) => log.error({ err: error }, 'the journal could not be looked through'),
    })
  }

  start(): void {
    this.#timer = setTimeout(() => this.#thread.start(), START_AFTER_MS)
    this.#timer.unref()
  }

  find = (question: JournalQuestion): Promise<JournalPage> => this.#thread.ask(question)

  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    await this.#thread.stop()
  }
}
