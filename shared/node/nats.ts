import {
  connect,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  DiscardPolicy,
  headers,
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
import { BatchQueue } from './batch-queue.ts'
import { StreamAcks } from './stream-acks.ts'

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
  readonly acks: StreamAcks
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
  const acks = new StreamAcks(connection)
  return { connection, js, jsm, acks, close: () => closeWithin(connection, 2000) }
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
const APPENDED_WITHIN_MS = 3_000

/**
 * Appends to a stream behind exactly the message that is expected to be its last: the fence that makes a second writer
 * impossible. Throws Fenced when it is not the last; any other failure leaves open whether it was taken.
 */
export async function appendFenced(
  bus: Bus,
  subject: string,
  body: Uint8Array,
  lastSequence: number,
): Promise<number> {
  const expected = headers()
  expected.set('Nats-Expected-Last-Sequence', String(lastSequence))
  const { seq, error } = await bus.acks.publish(subject, body, expected, APPENDED_WITHIN_MS)
  if (error?.err_code === WRONG_LAST_SEQUENCE)
    throw new Fenced(`${subject} does not end at ${lastSequence} any more`)
  if (seq === undefined || error) throw new Error(`${subject}: ${error?.description ?? 'no sequence'}`)
  return seq
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

export type Bucket = KeyValue & {
  /** The latest word, whatever stood there. */
  readonly set: (key: string, value: string) => Promise<void>
  readonly keys: () => Promise<string[]>
}

export async function openKeyValue(bus: Bus, bucket: string): Promise<Bucket> {
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
    set: async (key, value) => void (await kv.put(key, value)),
    keys: async () => {
      const keys: string[] = []
      for await (const key of await kv.keys()) keys.push(key)
      return keys
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

/** Of one batch, unless a reading says less: a second's work at most, and well under what a server lets wait for a client. */
const BATCH_MAX = 1000
const BATCH_BYTES_MAX = 4 * 1024 * 1024
/**
 * Asked for at a time. More would queue before the server's PONG: a busy reader would take the link for dead, or be
 * thrown out as a slow one.
 */
const ASKED_MAX = 256
const ASKED_BYTES = 2 * 1024 * 1024
/** As little is asked for until it is known how large messages are. */
const ASKED_FIRST = 16
/** A question that nothing comes to is asked again after so long; so is a consumer that could not be made. */
const ASKED_FOR_MS = 5_000
/** A reader that got nothing for so long asks whether there is something. */
const STALLED_AFTER_MS = 1_000
const AGAIN_AFTER_MS = 250

export class StreamReader {
  #stopped = false
  #next: number
  #messages: ConsumerMessages | null = null
  #heardAt = 0
  #isBusy = false
  #queue: BatchQueue<JsMsg> | null = null
  #bytesEach = ASKED_BYTES / ASKED_FIRST
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
    this.#end()
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

  /** From where the results stand, until the reader stops, stalls or fails. What was fetched by then is handled. */
  async #consume(): Promise<void> {
    const consumer = await this.#bus.js.consumers.get(this.#reading.stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#next,
      inactive_threshold: 300_000,
    })
    this.#isBusy = false
    this.#heardAt = performance.now()
    const limits = { itemsMax: this.#reading.batchMax ?? BATCH_MAX, bytesMax: BATCH_BYTES_MAX }
    const queue = (this.#queue = new BatchQueue<JsMsg>(limits, ({ data }) => data.length))
    if (this.#stopped) queue.end()
    const fetching = this.#fetch(consumer, queue).finally(() => queue.end())
    fetching.catch(() => {}) // awaited below, after what came before the failure was handled
    try {
      for (let batch = await queue.take(); batch.length > 0; batch = await queue.take()) {
        this.#isBusy = true
        await this.#reading.onBatch(batch)
        this.#isBusy = false
        this.#next = batch[batch.length - 1]!.seq + 1
        this.#heardAt = performance.now()
      }
    } finally {
      this.#end()
    }
    await fetching
  }

  /**
   * Asks for more as long as there is room for it, so that a slow reader leaves the rest where it is. What is handed on
   * is handed on at once: the client forgets what nobody took when an answer is complete.
   */
  async #fetch(consumer: Consumer, queue: BatchQueue<JsMsg>): Promise<void> {
    for (await queue.hasRoom(); !queue.isEnded; await queue.hasRoom()) {
      const asked = Math.min(ASKED_MAX, Math.ceil(ASKED_BYTES / this.#bytesEach))
      this.#messages = await consumer.fetch({ max_messages: asked, expires: ASKED_FOR_MS })
      if (queue.isEnded) return void (await this.#messages.close())
      let [count, bytes] = [0, 0]
      for await (const message of this.#messages) {
        queue.push(message)
        count++
        bytes += message.data.length
      }
      if (count > 0) this.#bytesEach = Math.max(1, bytes / count)
    }
  }

  #end(): void {
    this.#queue?.end()
    void this.#messages?.close()
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
      if (isStalled && !this.#isBusy && messages === this.#messages) this.#end()
    } catch (error) {
      this.#reading.onError?.(error)
    }
  }
}

export { headers as newHeaders, type JsMsg, type MsgHdrs } from 'nats'
