import { lookAtParts, type PartSeen } from '../intake/fact-parts.ts'
import type { Database } from '../store/database.ts'
import { and, inArray } from '../store/drizzle.ts'
import { variance } from '../store/variance-tables.ts'
import { findRows, type RowsEvidence, rowsCameRight, rowsKey } from './find-rows.ts'
import { settle } from './standing.ts'

/** In one turn: some ten thousand rows, a twentieth of the time. A million rows are gone through in some minutes. */
const PARTS_MAX = 4

/** Goes through the facts in the database, round and round, and holds them against what they were when they were taken. */
export class RowCheck {
  readonly #db: Database
  readonly #regions: readonly string[]
  #after = 0

  constructor(db: Database, regions: readonly string[]) {
    this.#db = db
    this.#regions = regions
  }

  async turn(now: string): Promise<void> {
    const rows = await this.#db
      .select()
      .from(variance)
      .where(
        and(inArray(variance.state, ['open', 'accepted']), inArray(variance.key, this.#regions.map(rowsKey))),
      )
    const named = rows.flatMap(({ evidence }) => (evidence as RowsEvidence).parts.map(({ part }) => part))
    const seen = await lookAtParts(this.#db, { after: this.#after, max: PARTS_MAX }, named)
    const next = seen.filter(({ part }) => part > this.#after && !named.includes(part))
    this.#after = next.length === 0 ? 0 : Math.max(...next.map(({ part }) => part))
    const differing = Map.groupBy(
      seen.filter(({ agrees }) => !agrees),
      ({ region }) => region,
    )
    const standing = new Set(rows.map(({ region }) => region))
    for (const region of this.#regions)
      if (differing.has(region) || standing.has(region))
        await this.#settle(region, differing.get(region) ?? [], now)
  }

  async #settle(region: string, differing: readonly PartSeen[], now: string): Promise<void> {
    const of = { kind: 'journal', keys: [rowsKey(region)] } as const
    await settle(this.#db, of, findRows(region, differing), rowsCameRight, now)
  }
}
