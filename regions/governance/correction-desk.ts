import type {
  CorrectionAnswer,
  DecideCorrection,
  ProposeCorrection,
} from '../../shared/contract/correction-api.ts'
import { CanonicalEvent } from '../../shared/contract/events.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import { HUB_SOURCE } from '../inbox/own-sources.ts'
import type { MasterBook } from '../ledger/core/master-book.ts'
import type { CorrectionBook } from '../ledger/correction-book.ts'

type Parts = {
  readonly book: CorrectionBook
  readonly master: MasterBook
  readonly clock: Clock
  readonly newId: () => string
  /** Resolves when the facts are folded and on the disk. */
  readonly submit: (source: string, facts: readonly CanonicalEvent[]) => Promise<unknown>
}

/** By what a request is known when it comes again. */
export type RequestKey = { readonly key: string; readonly digest: string }

export type ProposeRefusal =
  | { readonly code: 'unknown-sku' | 'unknown-node'; readonly path: string; readonly detail: string }
  | { readonly code: 'idempotency-key-reused' }
export type DecideRefusal =
  | { readonly code: 'not-found' }
  | { readonly code: 'same-person' | 'wrong-state'; readonly correction: CorrectionAnswer }

/**
 * A person's word on a position. Within the limit of the policy it counts at once; above it, it waits until a second
 * person approves or rejects it. All of it is told as facts, so nothing is lost with a process.
 */
export class CorrectionDesk {
  readonly #parts: Parts
  /** Corrections that somebody is deciding, and requests that are being answered, at this moment. */
  readonly #deciding = new Map<string, Promise<unknown>>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Without a key every asking is a new correction; with one, a second asking is answered as the first. */
  async propose(
    asked: ProposeCorrection,
    request: RequestKey | null,
    correlationId: string,
  ): Promise<Result<CorrectionAnswer, ProposeRefusal>> {
    const { book } = this.#parts
    if (request === null) return this.#propose(asked, request, correlationId)
    return this.#alone(`key ${request.key}`, async () => {
      const known = book.findByKey(request.key)
      if (!known) return this.#propose(asked, request, correlationId)
      return known.digest === request.digest ? ok(known.correction) : err({ code: 'idempotency-key-reused' })
    })
  }

  async #propose(
    asked: ProposeCorrection,
    request: RequestKey | null,
    correlationId: string,
  ): Promise<Result<CorrectionAnswer, ProposeRefusal>> {
    const { master, newId, book, clock } = this.#parts
    const { sku, ...told } = asked
    if (!master.item(sku)) return err({ code: 'unknown-sku', path: 'sku', detail: `no item ${sku} was put` })
    if (!master.node(asked.node))
      return err({ code: 'unknown-node', path: 'node', detail: `no node ${asked.node} was put` })
    const id = newId()
    const now = clock.now()
    const limit = this.#limitFor(asked)
    const isAlone = Math.abs(asked.delta) <= limit.units
    await this.#tell({
      id,
      type: isAlone ? 'plimsoll.correction.applied' : 'plimsoll.correction.proposed',
      time: formatInstant(now),
      subject: sku,
      correlationid: correlationId,
      data: { correction: id, ...told, limit, ...(request ? { request } : {}) },
    })
    return ok(book.find(id)!)
  }

  async approve(id: string, by: DecideCorrection): Promise<Result<CorrectionAnswer, DecideRefusal>> {
    return this.#alone(id, async () => {
      const { book, clock } = this.#parts
      const found = book.find(id)
      if (!found) return err({ code: 'not-found' })
      if (found.status === 'applied' && found.decision?.author === by.author) return ok(found)
      if (found.status !== 'waiting') return err({ code: 'wrong-state', correction: found })
      if (isSamePerson(found.author, by.author)) return err({ code: 'same-person', correction: found })
      const { sku, node, lot, state, delta, author, reason, limit } = found
      await this.#tell({
        id: `${id}/applied`,
        type: 'plimsoll.correction.applied',
        // As of when it was proposed: a count made since then has seen what it is about, and is not corrected again.
        time: found.proposedAt,
        subject: sku,
        correlationid: found.correlationId,
        data: {
          correction: id,
          node,
          state,
          delta,
          author,
          reason,
          limit,
          ...(lot === undefined ? {} : { lot }),
          approver: by.author,
          decidedAt: formatInstant(clock.now()),
          ...(by.reason === undefined ? {} : { decisionReason: by.reason }),
        },
      })
      return ok(book.find(id)!)
    })
  }

  /** Whoever proposed it may take it back, so that this needs no second person. */
  async reject(id: string, by: DecideCorrection): Promise<Result<CorrectionAnswer, DecideRefusal>> {
    return this.#alone(id, async () => {
      const { book, clock } = this.#parts
      const found = book.find(id)
      if (!found) return err({ code: 'not-found' })
      if (found.status === 'rejected' && found.decision?.author === by.author) return ok(found)
      if (found.status !== 'waiting') return err({ code: 'wrong-state', correction: found })
      const now = formatInstant(clock.now())
      await this.#tell({
        id: `${id}/rejected`,
        type: 'plimsoll.correction.rejected',
        time: now,
        subject: found.sku,
        correlationid: found.correlationId,
        data: { correction: id, ...by, decidedAt: now },
      })
      return ok(book.find(id)!)
    })
  }

  /** Where nobody has set a limit, nobody corrects alone. */
  #limitFor({ sku, node }: ProposeCorrection): { units: number; scope: string | null } {
    const policy = this.#parts.master.policyFor('correctionLimit', { sku, node })
    return policy?.kind === 'correctionLimit'
      ? { units: policy.body.units, scope: policy.scope }
      : { units: 0, scope: null }
  }

  #tell(event: Record<string, unknown>): Promise<unknown> {
    const told = CanonicalEvent.parse({ specversion: '1.0', source: HUB_SOURCE, ...event })
    return this.#parts.submit(HUB_SOURCE, [told])
  }

  /** One at a time of what concerns the same thing: the second sees what the first did. */
  async #alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#deciding.get(name)
    const mine = (before ?? Promise.resolve()).then(work, work)
    this.#deciding.set(name, mine)
    try {
      return await mine
    } finally {
      if (this.#deciding.get(name) === mine) this.#deciding.delete(name)
    }
  }
}

const isSamePerson = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
