import { type MessagePort, Worker } from 'node:worker_threads'
import { Unavailable } from './unavailable.ts'

type Options = {
  readonly module: URL
  readonly data: object
  /** Longer, and the asker is told to come again; the thread works on. */
  readonly answerWithinMs: number
  readonly tooLate: string
  /** Each waits for those before it. */
  readonly waitingMax: number
  /** Nobody asked for so long, and the thread is ended, with what it remembers; null keeps it. */
  readonly keptMs: number | null
  readonly onError: (error: unknown) => void
}

type Waiting<A> = { readonly resolve: (answer: A) => void; readonly reject: (error: Error) => void }

/** A thread of its own that answers questions in their order. One that dies is started again at the next question. */
export class AskedThread<Q, A> {
  readonly #options: Options
  readonly #waiting = new Map<number, Waiting<A>>()
  #worker: Worker | null = null
  #idle: NodeJS.Timeout | null = null
  #ids = 0

  constructor(options: Options) {
    this.#options = options
  }

  start(): void {
    this.#worker ??= this.#begin()
  }

  async ask(question: Q): Promise<A> {
    const { waitingMax, answerWithinMs, tooLate } = this.#options
    if (this.#waiting.size >= waitingMax) throw new Unavailable('too many questions like this wait')
    this.start()
    const id = ++this.#ids
    const { promise, resolve, reject } = Promise.withResolvers<A>()
    this.#waiting.set(id, { resolve, reject })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of our own has no origin
    this.#worker!.postMessage({ id, question })
    const timer = setTimeout(() => reject(new Unavailable(tooLate)), answerWithinMs)
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

  #begin(): Worker {
    const { module, data, onError } = this.#options
    const worker = new Worker(module, { workerData: data })
    worker.on('message', ({ id, answer }: { id: number; answer: A }) => {
      this.#waiting.get(id)?.resolve(answer)
      this.#waiting.delete(id)
    })
    worker.on('error', (error) => {
      onError(error)
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
      reject(new Unavailable('it could not be answered; ask again'))
    this.#waiting.clear()
  }

  #keepForAWhile(): void {
    const { keptMs } = this.#options
    if (keptMs === null) return
    if (this.#idle) clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      if (this.#waiting.size === 0) void this.#worker?.terminate()
    }, keptMs)
    this.#idle.unref()
  }
}

/** The other side: answers each question in its turn. */
export function answerQuestions<Q, A>(port: MessagePort, answer: (question: Q) => A): void {
  port.on('message', ({ id, question }: { id: number; question: Q }) => {
    port.postMessage({ id, answer: answer(question) })
  })
}
