import { eq } from '../store/drizzle.ts'
import * as z from 'zod'
import { CorrectionAnswer } from '../../shared/contract/correction-api.ts'
import type { CorrectVariance, VarianceAction, VarianceProposal } from '../../shared/contract/variance-api.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import { digestText } from '../../shared/kernel/hash64.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { Database } from '../store/database.ts'
import { actionsOn, proposalOf, varianceRow } from '../store/read-variances.ts'
import { saveVariances, type VarianceChange, type VarianceRow } from '../store/save-variances.ts'
import { variance } from '../store/variance-tables.ts'
import type { EdgeRepair } from './edge-repair.ts'
import type { RegionAnswer, RegionApis } from './region-apis.ts'

type Parts = {
  readonly db: Database
  readonly regions: RegionApis
  readonly edge: EdgeRepair
  readonly journal: Pick<EdgeRepair, 'repair'>
  readonly clock: Clock
}

export type DeskRefusal =
  | { readonly code: 'not-found' }
  /** It is closed, or what was asked for does not fit it as it is now. */
  | { readonly code: 'wrong-state'; readonly detail: string }
  /** The region's own answer: that a second person is needed, that it knows no such sku. */
  | { readonly code: 'region'; readonly answer: RegionAnswer }

type By = { readonly author: string; readonly reason?: string | undefined }
type Step = NonNullable<VarianceChange['step']>

/** A region's problem, as it is passed on. */
const RegionProblem = z.looseObject({ type: z.string(), status: z.number() })

/**
 * What people do about variances. Nothing is changed behind a region's back: a correction is proposed to the region, which
 * lets it count or waits for a second person, as its own policy says.
 */
export class VarianceDesk {
  readonly #parts: Parts
  /** Variances that somebody acts on at this moment: the second sees what the first did. */
  readonly #acting = new Map<string, Promise<unknown>>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  accept(id: string, { author, reason = '' }: By): Promise<Result<string, DeskRefusal>> {
    return this.#act(id, 'accept', async (row) => {
      await this.#save(row.id, (it, now) => ({
        row: { ...it, state: 'accepted', updatedAt: now, closedAt: now },
        step: { what: 'accepted', by: author, detail: reason },
      }))
      return ok(row.id)
    })
  }

  own(
    id: string,
    { author, owner }: { author: string; owner: string | null },
  ): Promise<Result<string, DeskRefusal>> {
    return this.#alone(id, async (row) => {
      const detail = owner === null ? 'looked after by nobody' : `looked after by ${owner}`
      if (row.owner !== owner)
        await this.#save(row.id, (it, now) => ({
          row: { ...it, owner, updatedAt: now },
          step: { what: 'owned', by: author, detail },
        }))
      return ok(row.id)
    })
  }

  /** Has the region send to the edge again what differs there, or reads its journal again where the centre's copy differs. */
  repair(id: string, { author }: By): Promise<Result<string, DeskRefusal>> {
    return this.#act(id, 'repair', async (row) => {
      await (row.kind === 'journal' ? this.#parts.journal : this.#parts.edge).repair(row, author)
      return ok(row.id)
    })
  }

  /** Proposes to the region that its ledger be moved, by the whole difference unless a delta is named. */
  correct(id: string, asked: CorrectVariance & { author: string }): Promise<Result<string, DeskRefusal>> {
    return this.#act(id, 'correct', async (row) => {
      const { author, reason, delta = row.difference } = asked
      const lot = (row.evidence as { lot?: string }).lot
      const json = {
        sku: row.sku,
        node: row.node,
        ...(lot === undefined ? {} : { lot }),
        state: row.subject,
        delta,
        reason,
        author,
      }
      // The same proposal again, after an answer that was lost, is the same correction.
      const idempotencyKey = `variance-${row.id}-${digestText(JSON.stringify([json, proposalOf(row)?.correction]))}`
      const answer = await this.#parts.regions.ask(row.region, '/v1/corrections', { json, idempotencyKey })
      const correction = CorrectionAnswer.safeParse(answer.body)
      if (!correction.success) return refusedBy(answer)
      await this.#follow(row, correction.data, {
        what: 'proposed',
        by: author,
        detail: `${delta > 0 ? '+' : ''}${delta} ${row.subject}: ${reason}`,
      })
      return ok(row.id)
    })
  }

  decide(id: string, verdict: 'approve' | 'reject', by: By): Promise<Result<string, DeskRefusal>> {
    return this.#act(id, verdict, async (row) => {
      const correction = proposalOf(row)!.correction
      const path = `/v1/corrections/${encodeURIComponent(correction)}/${verdict}`
      const json = { author: by.author, ...(by.reason === undefined ? {} : { reason: by.reason }) }
      const answer = await this.#parts.regions.ask(row.region, path, { json })
      const decided = CorrectionAnswer.safeParse(answer.body)
      if (!decided.success) return refusedBy(answer)
      await this.#follow(row, decided.data, null)
      return ok(row.id)
    })
  }

  /** Writes what the region made of a proposal, and what that makes of the variance. */
  #follow(row: VarianceRow, correction: CorrectionAnswer, step: Step | null): Promise<void> {
    return this.#save(row.id, (it, now) => {
      const known = proposalOf(it)
      // The intake may have heard of it before the region's answer came.
      if (known?.correction === correction.id && known.status !== 'waiting') return []
      const proposed = { ...it, proposal: proposalFrom(correction), updatedAt: now }
      const followed = followProposal(proposed, now)
      return [{ row: proposed, ...(step ? { step } : {}) }, ...(followed ? [followed] : [])]
    })
  }

  /** On the row as it is by then: counts are taken in meanwhile. */
  async #save(
    id: string,
    change: (row: VarianceRow, now: string) => VarianceChange | VarianceChange[],
  ): Promise<void> {
    await this.#parts.db.transaction(async (tx) => {
      const [row] = await tx.select().from(variance).where(eq(variance.id, id)).for('update')
      if (row) await saveVariances(tx, [change(row, formatInstant(this.#parts.clock.now()))].flat())
    })
  }

  #act(
    id: string,
    action: VarianceAction,
    work: (row: VarianceRow) => Promise<Result<string, DeskRefusal>>,
  ): Promise<Result<string, DeskRefusal>> {
    return this.#alone(id, async (row) => {
      const possible = actionsOn(row)
      if (possible.includes(action)) return work(row)
      const detail =
        possible.length === 0
          ? `the variance is ${row.isSettled ? row.state : 'still in flight'}`
          : `what can be done is: ${possible.join(', ')}`
      return err({ code: 'wrong-state', detail })
    })
  }

  async #alone<T>(
    id: string,
    work: (row: VarianceRow) => Promise<Result<T, DeskRefusal>>,
  ): Promise<Result<T, DeskRefusal>> {
    const read = async (): Promise<Result<T, DeskRefusal>> => {
      const row = await varianceRow(this.#parts.db, id)
      return row ? work(row) : err({ code: 'not-found' })
    }
    const mine = (this.#acting.get(id) ?? Promise.resolve()).then(read, read)
    this.#acting.set(id, mine)
    try {
      return await mine
    } finally {
      if (this.#acting.get(id) === mine) this.#acting.delete(id)
    }
  }
}

function refusedBy(answer: RegionAnswer): Result<never, DeskRefusal> {
  const body = RegionProblem.safeParse(answer.body)
  if (!body.success) throw new Error(`a region answered ${answer.status} in an unknown form`)
  return err({ code: 'region', answer })
}

function proposalFrom(correction: CorrectionAnswer): VarianceProposal {
  return {
    correction: correction.id,
    status: correction.status,
    delta: correction.delta,
    author: correction.author,
    reason: correction.reason,
    at: correction.proposedAt,
    limitUnits: correction.limit.units,
    decidedBy: correction.decision?.author ?? null,
  }
}

/** What the fate of its proposal makes of a variance; null while it waits. */
export function followProposal(row: VarianceRow, now: string): VarianceChange | null {
  const proposal = proposalOf(row)
  if (proposal === null || proposal.status === 'waiting' || row.state !== 'open') return null
  const by = proposal.decidedBy ?? proposal.author
  if (proposal.status === 'rejected')
    return {
      row: { ...row, updatedAt: now },
      step: { what: 'rejected', by, detail: `${signed(proposal.delta)} was not approved` },
    }
  return {
    row: { ...row, state: 'corrected', updatedAt: now, closedAt: now },
    step: { what: 'corrected', by, detail: `${signed(proposal.delta)} ${row.subject}: ${proposal.reason}` },
  }
}

const signed = (units: number): string => (units > 0 ? `+${units}` : String(units))
