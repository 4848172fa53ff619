import type { Logger } from 'pino'
import { decisionsSubject } from '../../shared/contract/subjects.ts'
import {
  appendFenced,
  type Bus,
  Fenced,
  messageAt,
  type StreamState,
  streamState,
} from '../../shared/node/nats.ts'
import type { Journal } from './journal.ts'
import { lostFrom } from './lost-messages.ts'

const STREAM = 'DECISIONS'
const AGAIN_AFTER_MS = 200

/**
 * DECISIONS as its one writer sees it: every batch is appended behind exactly the one before. A publish whose answer is
 * lost is tried again until it is known what became of it: the batch is in the stream, or someone else has written there.
 */
export class DecisionLog {
  readonly #bus: Bus
  readonly #subject: string
  readonly #log: Logger
  /** The last sequence that is known to be ours, or before ours. */
  #last: number
  #stopped = false

  constructor(parts: { bus: Bus; region: string; last: number; log: Logger }) {
    this.#bus = parts.bus
    this.#subject = decisionsSubject(parts.region)
    this.#last = parts.last
    this.#log = parts.log
  }

  get next(): number {
    return this.#last + 1
  }

  /** Resolves when the batch is in the stream at `next`. Throws Fenced when another writer is there. */
  async append(body: Uint8Array): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await appendFenced(this.#bus, this.#subject, body, this.#last)
        break
      } catch (error) {
        if (error instanceof Fenced) {
          if (await isOurs(this.#bus, this.next, body)) break
          throw error
        }
        if (this.#stopped) throw error
        if (tries === 1) this.#log.warn({ error: String(error) }, 'DECISIONS did not take a batch; trying on')
        await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS))
      }
    }
    this.#last++
  }

  stop(): void {
    this.#stopped = true
  }
}

/**
 * After a stop between the journal and the stream: a batch that was journaled, and of which it is not known whether the
 * stream took it, is appended now, unless another writer has been there since. Then it never happened: nobody was
 * answered. A stream that has lost what it had (a power cut, a backup) gets it back first: what was answered stands in the
 * journal. Call it before the journal is folded.
 */
export async function settleDecisions(
  bus: Bus,
  region: string,
  journal: Journal,
  log: Logger,
): Promise<void> {
  const state = await streamState(bus, STREAM)
  if (state === null) return
  const lost = lostFrom(journal.cursor(STREAM), state)
  if (lost !== null) return refillDecisions(bus, region, journal, state, lost, log)
  for (const { entry, streamSequence, body } of journal.unconfirmed()) {
    const isTaken = await isAppended(bus, region, body, streamSequence)
    if (isTaken) journal.confirm(entry, { created: state.created, sequence: streamSequence })
    else {
      journal.void(entry)
      log.warn({ entry, streamSequence }, 'a batch of decisions was overtaken by another writer: it is void')
    }
  }
}

async function isAppended(bus: Bus, region: string, body: Uint8Array, sequence: number): Promise<boolean> {
  try {
    await appendFenced(bus, decisionsSubject(region), body, sequence - 1)
    return true
  } catch (error) {
    if (error instanceof Fenced) return isOurs(bus, sequence, body)
    throw error
  }
}

/** Appends what the stream lost, in order, behind whatever it has. Whoever reads it again recognises what he knows. */
async function refillDecisions(
  bus: Bus,
  region: string,
  journal: Journal,
  state: StreamState,
  lost: number,
  log: Logger,
): Promise<void> {
  let last = state.lastSequence
  let count = 0
  for (const { entry, body } of journal.messagesOf(STREAM, lost)) {
    last = await appendFenced(bus, decisionsSubject(region), body, last)
    journal.confirm(entry, { created: state.created, sequence: last })
    count++
  }
  journal.setCursor(STREAM, { created: state.created, sequence: last })
  log.error({ state, count }, 'DECISIONS had lost messages: they were appended again from the journal')
}

async function isOurs(bus: Bus, sequence: number, body: Uint8Array): Promise<boolean> {
  const there = await messageAt(bus, STREAM, sequence)
  return there !== null && Buffer.compare(there, body) === 0
}
