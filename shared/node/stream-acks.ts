import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from 'nats'

/** What JetStream answers to a publish. */
export type StreamAck = {
  readonly seq?: number
  readonly error?: { readonly code: number; readonly err_code?: number; readonly description: string }
}

type Waiting = {
  readonly resolve: (ack: StreamAck) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

/**
 * Publishes to streams and hears their acknowledgements over one inbox. The client's own request makes three promises, a
 * timer and two errors for each, which is half of what recording a batch of decisions costs this process.
 */
export class StreamAcks {
  readonly #connection: NatsConnection
  readonly #inbox = createInbox()
  readonly #waiting = new Map<string, Waiting>()
  #asked = 0
  #isListening = false

  constructor(connection: NatsConnection) {
    this.#connection = connection
  }

  /** Only once it is needed: not everyone who connects may listen to an inbox. */
  #listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    this.#connection.subscribe(`${this.#inbox}.*`, { callback: (_, message) => this.#heard(message) })
  }

  /** Rejects when no stream listens to the subject, or when none has answered in time: then it may have taken it. */
  publish(subject: string, body: Uint8Array, headers: MsgHdrs, withinMs: number): Promise<StreamAck> {
    this.#listen()
    const reply = `${this.#inbox}.${this.#asked++}`
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(reply)
        reject(new Error(`no stream answered for ${subject} within ${withinMs} ms`))
      }, withinMs)
      this.#waiting.set(reply, { resolve, reject, timer })
      try {
        this.#connection.publish(subject, body, { reply, headers })
      } catch (error) {
        clearTimeout(timer)
        this.#waiting.delete(reply)
        reject(error as Error)
      }
    })
  }

  #heard(message: Msg): void {
    const waiting = this.#waiting.get(message.subject)
    if (!waiting) return
    this.#waiting.delete(message.subject)
    clearTimeout(waiting.timer)
    // A server says so with an empty message when nobody listens.
    if (message.data.length === 0) waiting.reject(new Error('no stream listens to this subject'))
    else waiting.resolve(message.json<StreamAck>())
  }
}
