import type { DatabaseSync } from 'node:sqlite'
import type { CorrectionAnswer, CorrectionStatus } from '../../shared/contract/correction-api.ts'
import type { EventOf, Fact } from '../../shared/contract/events.ts'
import { formatInstant, parseInstant } from '../../shared/kernel/clock.ts'

export type CorrectionFilter = {
  readonly status?: CorrectionStatus | undefined
  readonly sku?: string | undefined
  readonly node?: string | undefined
  /** Those proposed before this one. */
  readonly before?: string | undefined
  readonly limit: number
}

/**
 * Every correction, as the facts about it tell. Written in the transaction of those facts, so that whoever folds them
 * knows what waits for a second person.
 */
export class CorrectionBook {
  readonly #propose
  readonly #apply
  readonly #reject
  readonly #byId
  readonly #byKey
  readonly #list
  readonly #countWaiting

  constructor(database: DatabaseSync) {
    this.#propose = database.prepare(
      `INSERT OR IGNORE INTO correction (id, sku, node, lot, state, delta, reason, author, status, proposed_at, limit_units, limit_scope, correlation_id, request_key, request_digest)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#apply = database.prepare(
      `UPDATE correction SET status = 'applied', decided_at = ?, decided_by = ?, decision_reason = ? WHERE id = ?`,
    )
    // What has moved a position is applied, whatever is said of it later.
    this.#reject = database.prepare(
      `UPDATE correction SET status = 'rejected', decided_at = ?, decided_by = ?, decision_reason = ? WHERE id = ? AND status = 'waiting'`,
    )
    this.#byId = database.prepare('SELECT * FROM correction WHERE id = ?')
    this.#byKey = database.prepare('SELECT * FROM correction WHERE request_key = ?')
    this.#list = database.prepare(
      'SELECT * FROM correction WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR sku = ?2) AND (?3 IS NULL OR node = ?3) AND (?4 IS NULL OR id < ?4) ORDER BY id DESC LIMIT ?5',
    )
    this.#countWaiting = database.prepare(`SELECT count(*) AS n FROM correction WHERE status = 'waiting'`)
  }

  /** Inside the transaction of a batch, of a fact that took effect. */
  keep(fact: Fact): void {
    if (fact.type === 'plimsoll.correction.proposed') this.#keepProposed(fact, 'waiting')
    if (fact.type === 'plimsoll.correction.applied') this.#keepApplied(fact)
    if (fact.type === 'plimsoll.correction.rejected') {
      const { correction, author, reason, decidedAt } = fact.data
      this.#reject.run(parseInstant(decidedAt)!, author, reason ?? null, correction)
    }
  }

  #keepApplied(fact: EventOf<'plimsoll.correction.applied'>): void {
    const { correction, approver, decidedAt, decisionReason } = fact.data
    if (correction === undefined) return
    this.#keepProposed({ ...fact, data: { ...fact.data, correction } }, 'applied')
    if (approver !== undefined && decidedAt !== undefined)
      this.#apply.run(parseInstant(decidedAt)!, approver, decisionReason ?? null, correction)
  }

  #keepProposed(
    fact: Pick<EventOf<'plimsoll.correction.proposed'>, 'data' | 'subject' | 'time' | 'correlationid'>,
    status: CorrectionStatus,
  ): void {
    const { correction, node, lot, state, delta, reason, author, limit, request } = fact.data
    this.#propose.run(
      correction,
      fact.subject,
      node,
      lot ?? null,
      state,
      delta,
      reason,
      author,
      status,
      parseInstant(fact.time)!,
      limit?.units ?? 0,
      limit?.scope ?? null,
      fact.correlationid ?? correction,
      request?.key ?? null,
      request?.digest ?? null,
    )
  }

  find(id: string): CorrectionAnswer | null {
    const row = this.#byId.get(id)
    return row ? answerOf(row) : null
  }

  /** What a request with this key became, and by what body it is known. */
  findByKey(key: string): { readonly digest: string; readonly correction: CorrectionAnswer } | null {
    const row = this.#byKey.get(key)
    return row ? { digest: row['request_digest'] as string, correction: answerOf(row) } : null
  }

  /** Latest first. */
  list({ status, sku, node, before, limit }: CorrectionFilter): CorrectionAnswer[] {
    return this.#list.all(status ?? null, sku ?? null, node ?? null, before ?? null, limit).map(answerOf)
  }

  countWaiting(): number {
    return this.#countWaiting.get()!['n'] as number
  }
}

function answerOf(row: Record<string, unknown>): CorrectionAnswer {
  const decided = row['decided_at'] as number | null
  const because = row['decision_reason'] as string | null
  return {
    id: row['id'] as string,
    status: row['status'] as CorrectionStatus,
    sku: row['sku'] as string,
    node: row['node'] as string,
    ...(row['lot'] === null ? {} : { lot: row['lot'] as string }),
    state: row['state'] as CorrectionAnswer['state'],
    delta: row['delta'] as number,
    reason: row['reason'] as string,
    author: row['author'] as string,
    proposedAt: formatInstant(row['proposed_at'] as number),
    limit: { units: row['limit_units'] as number, scope: row['limit_scope'] as string | null },
    ...(decided === null
      ? {}
      : {
          decision: {
            author: row['decided_by'] as string,
            at: formatInstant(decided),
            ...(because === null ? {} : { reason: because }),
          },
        }),
    correlationId: row['correlation_id'] as string,
  }
}
