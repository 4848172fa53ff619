import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import type { Moment } from '../../shared/contract/as-of.ts'
import type { Region } from '../../shared/domain/ids.ts'
import type { Clock } from '../../shared/kernel/clock.ts'
import { Unavailable } from '../../shared/node/unavailable.ts'
import type { AsOfAnswer, AsOfQuestion } from './answer-at.ts'

export type AsOfRequest = { readonly moment: Moment; readonly question: AsOfQuestion }

/** Longer, and the asker is told to come again: the folding goes on meanwhile, and is there then. */
const ANSWER_WITHIN_MS = 20_000
/** An earlier ledger takes as much memory as the present one: nobody asked for so long, and it is let go. */
const KEPT_MS = 300_000
/** Each waits for those before it. */
const WAITING_MAX = 100

type Waiting = { readonly resolve: (answer: AsOfAnswer) => void; readonly reject: (error: Error) => void }

/** Answers questions about earlier moments, from the journal, in a thread of its own. */
export class AsOfReader {
  readonly #parts: {
    readonly path: string
    readonly region: Region
    readonly clock: Clock
    readonly log: Logger
  }
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #idle: NodeJS.Timeout | null = null
  #ids = 0

  constructor(parts: { path: string; region: Region; clock: Clock; log: Logger }) {
    this.#parts = parts
  }

  async ask(request: AsOfRequest): Promise<AsOfAnswer> {
    if (this.#waiting.size >= WAITING_MAX)
      throw new Unavailable('too many questions about earlier moments wait')
    const worker = (this.#worker ??= this.#start())
    const id = ++this.#ids
    const { promise, resolve, reject } = Promise.withResolvers<AsOfAnswer>()
    this.#waiting.set(id, { resolve, reject })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of our own has no origin
    worker.postMessage({ id, request, now: this.#parts.clock.now() })
    const timer = setTimeout(
      () => reject(new Unavailable('the journal is still being folded up to that moment; ask again')),
      ANSWER_WITHIN_MS,
    )
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#keepForAWhile()
    }
  }

  async stop(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle)
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const { path, region, log } = this.#parts
    const worker = new Worker(new URL('as-of-worker.ts', import.meta.url), { workerData: { path, region } })
    worker.on('message', ({ id, answer }: { id: number; answer: AsOfAnswer }) => {
      this.#waiting.get(id)?.resolve(answer)
      this.#waiting.delete(id)
    })
    worker.on('error', (error) => {
      log.error({ err: error }, 'an earlier moment could not be folded')
      this.#end(worker)
    })
    worker.on('exit', () => this.#end(worker))
    worker.unref()
    return worker
  }

  #end(worker: Worker): void {
    if (this.#worker !== worker) return
    this.#worker = null
    for (const { reject } of this.#waiting.values())
      reject(new Unavailable('the earlier moment could not be folded; ask again'))
    this.#waiting.clear()
  }

  #keepForAWhile(): void {
    if (this.#idle) clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      if (this.#waiting.size === 0) void this.#worker?.terminate()
    }, KEPT_MS)
    this.#idle.unref()
  }
}
