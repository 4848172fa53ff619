import type { DatabaseSync } from 'node:sqlite'
import type { EventOf } from '../../shared/contract/events.ts'
import type { Policy, PolicyKind } from '../../shared/domain/policy.ts'
import { tidyScope } from '../../shared/domain/policy-scope.ts'
import { type Instant, parseInstant } from '../../shared/kernel/clock.ts'

/** One activation of a policy, as it was said. */
export type PolicyVersion = {
  readonly version: number
  readonly at: Instant
  readonly source: string
  readonly id: string
  readonly correlationId: string | null
  readonly body: Policy['body']
}

/**
 * Every version of every policy. The books hold the one in force; what was in force before is here, written in the
 * transaction of the fact that replaced it, so that it is as durable as the journal and needs no search through it.
 */
export class PolicyHistory {
  readonly #insert
  readonly #of
  readonly #last
  readonly #has

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT OR IGNORE INTO policy_version (kind, scope, version, at, source, id, correlation_id, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#of = database.prepare(
      'SELECT version, at, source, id, correlation_id, body FROM policy_version WHERE kind = ? AND scope = ? AND version < ? ORDER BY version DESC, at DESC LIMIT ?',
    )
    this.#last = database.prepare(
      'SELECT max(version) AS version FROM policy_version WHERE kind = ? AND scope = ?',
    )
    this.#has = database.prepare(
      'SELECT 1 FROM policy_version WHERE kind = ? AND scope = ? AND version = ? AND source = ? AND id = ?',
    )
  }

  /** Whether this very activation took effect here once. */
  has(kind: PolicyKind, scope: string, version: number, source: string, id: string): boolean {
    return this.#has.get(kind, scope, version, source, id) !== undefined
  }

  /** Inside the transaction of a batch, of a fact that took effect. */
  keep({ data, time, source, id, correlationid }: EventOf<'plimsoll.policy.activated'>): void {
    const { kind, body } = data
    const scope = tidyScope(data.scope)
    const version = body.version ?? this.last(kind, scope) + 1
    this.#insert.run(
      kind,
      scope,
      version,
      parseInstant(time)!,
      source,
      id,
      correlationid ?? null,
      JSON.stringify(body),
    )
  }

  /** The latest version of a scope; 0 when it has none. */
  last(kind: PolicyKind, scope: string): number {
    return Number(this.#last.get(kind, scope)?.['version'] ?? 0)
  }

  /** Latest first, those before a version. */
  of(kind: PolicyKind, scope: string, before: number, limit: number): PolicyVersion[] {
    return this.#of.all(kind, scope, before, limit).map((row) => ({
      version: row['version'] as number,
      at: row['at'] as number,
      source: row['source'] as string,
      id: row['id'] as string,
      correlationId: row['correlation_id'] as string | null,
      body: JSON.parse(row['body'] as string) as Policy['body'],
    }))
  }
}
