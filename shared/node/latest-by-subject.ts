import { AckPolicy, type ConsumerInfo, DeliverPolicy, type JsMsg, nanos, NatsError, type PubAck } from 'nats'
import { type Bus, Fenced, isNotFound, WRONG_LAST_SEQUENCE } from './nats.ts'

/**
 * A stream that keeps the newest message of each subject, and those who take from it at their own pace: who was away gets what
 * is true now, not what was true meanwhile.
 */

/** Puts a message in place of exactly that which is expected to be the subject's last (0: none). Throws Fenced when it is not. */
export async function putLatest(
  { js }: Bus,
  subject: string,
  body: string,
  lastSequence: number,
): Promise<number> {
  try {
    const put: PubAck = await js.publish(subject, body, {
      expect: { lastSubjectSequence: lastSequence },
      timeout: 3000,
    })
    return put.seq
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === WRONG_LAST_SEQUENCE)
      throw new Fenced(`${subject} does not end at ${lastSequence} any more`, { cause: error })
    throw error
  }
}

/** The newest of a subject; null when there is none. */
export async function latestOf(
  { jsm }: Bus,
  stream: string,
  subject: string,
): Promise<{ readonly sequence: number; readonly body: Uint8Array } | null> {
  try {
    const { seq, data } = await jsm.streams.getMessage(stream, { last_by_subj: subject })
    return { sequence: seq, body: data }
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

const READ_AT_ONCE = 512

/** Everything that is kept under a subject at this moment. */
export async function eachKept(
  { js, jsm }: Bus,
  stream: string,
  subject: string,
  onMessage: (message: JsMsg) => void,
): Promise<void> {
  const { name, num_pending: kept } = await jsm.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.All,
    filter_subject: subject,
    inactive_threshold: nanos(30_000),
    mem_storage: true,
  })
  try {
    const consumer = await js.consumers.get(stream, name)
    for (let left = kept; left > 0;) {
      const before = left
      for await (const message of await consumer.fetch({
        max_messages: Math.min(left, READ_AT_ONCE),
        expires: 2_000,
      })) {
        onMessage(message)
        left = Math.min(left - 1, message.info.pending)
      }
      // What is put anew meanwhile is no longer where it was.
      if (left === before) return
    }
  } finally {
    await jsm.consumers.delete(stream, name).catch(() => false)
  }
}

/** One who takes messages of a subject and says when each is done with: what was not is taken again after `againAfterMs`. */
export class Taker {
  readonly #bus: Bus
  readonly #stream: string
  readonly #name: string

  private constructor(bus: Bus, stream: string, name: string) {
    this.#bus = bus
    this.#stream = stream
    this.#name = name
  }

  /** Goes on where this taker was; one that was never there begins with all that is kept. */
  static async open(
    bus: Bus,
    stream: string,
    { name, subject, againAfterMs }: { name: string; subject: string; againAfterMs: number },
  ): Promise<Taker> {
    const taker = new Taker(bus, stream, name)
    if ((await taker.#info()) === null)
      await bus.jsm.consumers.add(stream, {
        durable_name: name,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        filter_subject: subject,
        ack_wait: nanos(againAfterMs),
        max_ack_pending: 10_000,
      })
    return taker
  }

  /** What is there at this moment, at most so many; those that came back before the rest. */
  async take(most: number): Promise<JsMsg[]> {
    const taken: JsMsg[] = []
    const arriving = this.#bus.js.fetch(this.#stream, this.#name, { batch: most, no_wait: true })
    for await (const message of arriving) taken.push(message)
    return taken
  }

  /** Everything up to `doneUpTo` is done with, and of what lies behind it, up to `takenUpTo`, all but `open`. */
  async state(): Promise<{
    readonly doneUpTo: number
    readonly takenUpTo: number
    readonly open: number
    readonly doneAt: number | null
  }> {
    const info = await this.#info()
    if (info === null) throw new Error(`${this.#name} of ${this.#stream} is gone`)
    const { ack_floor: floor, delivered, num_ack_pending: open } = info
    const doneAt = floor.last_active === undefined ? null : Date.parse(String(floor.last_active))
    return { doneUpTo: floor.stream_seq, takenUpTo: delivered.stream_seq, open, doneAt }
  }

  async #info(): Promise<ConsumerInfo | null> {
    try {
      return await this.#bus.jsm.consumers.info(this.#stream, this.#name)
    } catch (error) {
      if (isNotFound(error)) return null
      throw error
    }
  }
}

/** The takers of a stream, by name, with what they take. */
export async function takersOf({ jsm }: Bus, stream: string): Promise<{ name: string; subject: string }[]> {
  const found: { name: string; subject: string }[] = []
  for await (const { config } of jsm.consumers.list(stream))
    if (config.durable_name !== undefined)
      found.push({ name: config.durable_name, subject: config.filter_subject ?? '' })
  return found
}

/** Forgets a taker, and what was kept for it. */
export async function dropTaker(
  { jsm }: Bus,
  stream: string,
  { name, subject }: { name: string; subject: string },
): Promise<void> {
  await jsm.consumers.delete(stream, name)
  if (subject !== '') await jsm.streams.purge(stream, { filter: subject })
}
