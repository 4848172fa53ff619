import {
  connect,
  type ConsumerMessages,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  nanos,
  type NatsConnection,
  NatsError,
  nkeyAuthenticator,
  RetentionPolicy,
  StorageType,
  type StreamSource,
} from 'nats'
import * as z from 'zod'

/**
 * The one place that knows the NATS client. Its v2 line is the last; moving to its successor is a change of this file.
 */
export const NatsConfig = z.strictObject({
  servers: z.array(z.string().min(1)).min(1),
  /** The nkey seed of this process's own NATS user. Absent where the server asks for none. */
  seed: z.string().optional(),
})
export type NatsConfig = z.infer<typeof NatsConfig>

export type Bus = {
  readonly connection: NatsConnection
  readonly js: JetStreamClient
  readonly jsm: JetStreamManager
  readonly close: () => Promise<void>
}

/** A half-open link is found in about a second, and healing is tried for ever: a region works on when a link is cut. */
export async function connectBus(name: string, config: NatsConfig): Promise<Bus> {
  const connection = await connect({
    name,
    servers: config.servers,
    ...(config.seed ? { authenticator: nkeyAuthenticator(new TextEncoder().encode(config.seed)) } : {}),
    timeout: 1000,
    pingInterval: 1500,
    maxPingOut: 2,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    reconnectJitter: 100,
    waitOnFirstConnect: true,
    // Where each request was made is written down for its error only: that costs more than the request.
    noAsyncTraces: true,
  })
  const jsm = await connection.jetstreamManager({ timeout: 5000, checkAPI: false })
  const js = connection.jetstream({ timeout: 5000 })
  return { connection, js, jsm, close: () => closeWithin(connection, 2000) }
}

async function closeWithin(connection: NatsConnection, ms: number): Promise<void> {
  await Promise.race([connection.close(), new Promise((resolve) => setTimeout(resolve, ms).unref())])
}

export type StreamDefinition = {
  readonly name: string
  readonly subjects?: readonly string[]
  /** Streams of other JetStream domains that are copied into this one, e.g. FACTS of `eu`. */
  readonly sources?: readonly { readonly stream: string; readonly domain: string }[]
  readonly maxAgeMs?: number
  /** Of each subject only so many are kept, the newest. */
  readonly perSubjectMax?: number
}

/** Creates the stream, or leaves an existing one as it is but for its subjects. */
export async function ensureStream(bus: Bus, definition: StreamDefinition): Promise<void> {
  const sources: Partial<StreamSource>[] | undefined = definition.sources?.map(({ stream, domain }) => ({
    name: stream,
    // A prefix of its own for what is delivered, so that one region can't inject into another's copy.
    external: { api: `$JS.${domain}.API`, deliver: `sourcing.${domain}` },
  }))
  const config = {
    name: definition.name,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(definition.maxAgeMs ?? 0),
    duplicate_window: nanos(120_000),
    ...(definition.perSubjectMax ? { max_msgs_per_subject: definition.perSubjectMax } : {}),
    ...(definition.subjects ? { subjects: [...definition.subjects] } : {}),
    ...(sources ? { sources: sources as StreamSource[] } : {}),
  }
  try {
    await bus.jsm.streams.info(definition.name)
  } catch (error) {
    if (!isNotFound(error)) throw error
    await bus.jsm.streams.add(config)
  }
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof NatsError && error.api_error?.code === 404

/** Someone else has written to the stream: whoever expected to be its only writer is not any more. */
export class Fenced extends Error {
  override readonly name = 'Fenced'
}

export const WRONG_LAST_SEQUENCE = 10071

/**
 * Appends to a stream behind exactly the message that is expected to be its last: the fence that makes a second writer
 * impossible. Throws Fenced when it is not the last; any other failure leaves open whether it was taken.
 */
export async function appendFenced(
  bus: Bus,
  subject: string,
  body: Uint8Array | string,
  lastSequence: number,
): Promise<number> {
  try {
    const { seq } = await bus.js.publish(subject, body, { expect: { lastSequence }, timeout: 3000 })
    return seq
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === WRONG_LAST_SEQUENCE)
      throw new Fenced(`${subject} does not end at ${lastSequence} any more`, { cause: error })
    throw error
  }
}

/** The body of one message of a stream; null when it is not there. */
export async function messageAt(bus: Bus, stream: string, sequence: number): Promise<Uint8Array | null> {
  try {
    return (await bus.jsm.streams.getMessage(stream, { seq: sequence })).data
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

/** A bucket of the latest word by key. Writes name the revision they stand on (0: none). */
export type KeyValue = {
  readonly get: (key: string) => Promise<{ readonly value: string; readonly revision: number } | null>
  /** The new revision; null when another write came between. */
  readonly put: (key: string, value: string, revision: number) => Promise<number | null>
}

export async function openKeyValue(bus: Bus, bucket: string): Promise<KeyValue> {
  const kv = await bus.js.views.kv(bucket, { history: 1, storage: StorageType.File })
  return {
    get: async (key) => {
      const entry = await kv.get(key)
      return entry && { value: entry.string(), revision: entry.revision }
    },
    put: async (key, value, revision) => {
      try {
        return await kv.put(key, value, { previousSeq: revision })
      } catch (error) {
        if (error instanceof NatsError && error.api_error?.err_code === WRONG_LAST_SEQUENCE) return null
        throw error
      }
    },
  }
}

export type StreamState = {
  readonly created: string
  readonly firstSequence: number
  readonly lastSequence: number
}

/** Null when there is no such stream. */
export async function streamState(bus: Bus, stream: string): Promise<StreamState | null> {
  try {
    const info = await bus.jsm.streams.info(stream)
    return { created: info.created, firstSequence: info.state.first_seq, lastSequence: info.state.last_seq }
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

export type StreamReading = {
  readonly stream: string
  readonly fromSequence: number
  readonly batchMax?: number
  /** Gets what has arrived since it last returned, in order. */
  readonly onBatch: (messages: readonly JsMsg[]) => void | Promise<void>
  readonly onError?: (error: unknown) => void
}

/**
 * Every message of a stream from a sequence on, for as long as the process lives. The reader keeps its own cursor where
 * it keeps its results, so nothing is acknowledged to the server.
 */
export function readStream(bus: Bus, reading: StreamReading): StreamReader {
  return new StreamReader(bus, reading)
}

/**
 * Messages under way to us. More would queue in the socket before the server's PONG, and a busy reader would take the
 * link for dead.
 */
const IN_FLIGHT_MAX = 256
/** A reader that got nothing for so long asks whether there is something. */
const STALLED_AFTER_MS = 1_000
const AGAIN_AFTER_MS = 250

export class StreamReader {
  #stopped = false
  #next: number
  #messages: ConsumerMessages | null = null
  #heardAt = 0
  #isBusy = false
  readonly #bus: Bus
  readonly #reading: StreamReading
  readonly finished: Promise<void>

  constructor(bus: Bus, reading: StreamReading) {
    this.#bus = bus
    this.#reading = reading
    this.#next = reading.fromSequence
    this.finished = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#messages?.close()
    await this.finished
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const watch = setInterval(() => void this.#wakeIfStalled(), STALLED_AFTER_MS)
      try {
        await this.#consume()
      } catch (error) {
        this.#reading.onError?.(error)
      }
      clearInterval(watch)
      if (!this.#stopped) await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS))
    }
  }

  async #consume(): Promise<void> {
    const batchMax = this.#reading.batchMax ?? 1000
    const consumer = await this.#bus.js.consumers.get(this.#reading.stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#next,
      inactive_threshold: 300_000,
    })
    this.#isBusy = false
    this.#heardAt = performance.now()
    this.#messages = await consumer.consume({ max_messages: IN_FLIGHT_MAX })
    const queue = new BatchQueue<JsMsg>(batchMax * 2)
    const filling = queue.fill(this.#messages)
    filling.catch(() => {}) // awaited below, after what came before the failure was handled
    for (let batch = await queue.take(batchMax); batch.length > 0; batch = await queue.take(batchMax)) {
      this.#isBusy = true
      await this.#reading.onBatch(batch)
      this.#isBusy = false
      this.#next = batch[batch.length - 1]!.seq + 1
      this.#heardAt = performance.now()
    }
    await filling
  }

  /**
   * What was under way when a link broke is gone, and the server's consumer stands behind it; the client notices only
   * at the next message, which may never come. So a silent reader looks, and begins again at its own cursor.
   */
  async #wakeIfStalled(): Promise<void> {
    const messages = this.#messages
    if (messages === null || this.#isBusy || performance.now() - this.#heardAt < STALLED_AFTER_MS) return
    try {
      const state = await streamState(this.#bus, this.#reading.stream)
      const isStalled =
        state !== null &&
        state.lastSequence >= this.#next &&
        performance.now() - this.#heardAt >= STALLED_AFTER_MS
      if (isStalled && messages === this.#messages) await messages.close()
    } catch (error) {
      this.#reading.onError?.(error)
    }
  }
}

/** Gathers what arrives while the previous batch is under way, up to a limit; the source waits beyond it. */
class BatchQueue<T> {
  #waiting: T[] = []
  #ended = false
  #arrived = Promise.withResolvers<void>()
  #drained = Promise.withResolvers<void>()
  readonly #waitingMax: number

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax
  }

  async fill(source: AsyncIterable<T>): Promise<void> {
    try {
      for await (const item of source) {
        this.#waiting.push(item)
        this.#arrived.resolve()
        if (this.#waiting.length >= this.#waitingMax) {
          this.#drained = Promise.withResolvers()
          await this.#drained.promise
        }
      }
    } finally {
      this.#ended = true
      this.#arrived.resolve()
    }
  }

  /** Empty only when the source has ended. */
  async take(most: number): Promise<readonly T[]> {
    while (this.#waiting.length === 0 && !this.#ended) {
      this.#arrived = Promise.withResolvers()
      await this.#arrived.promise
    }
    // Messages come out of the socket one microtask apart: a turn of the loop lets those that are here already join.
    if (this.#waiting.length < most && !this.#ended) await new Promise((resolve) => setImmediate(resolve))
    const batch = this.#waiting.splice(0, most)
    if (this.#waiting.length < this.#waitingMax) this.#drained.resolve()
    return batch
  }
}

export { headers as newHeaders, type JsMsg, type MsgHdrs } from 'nats'
