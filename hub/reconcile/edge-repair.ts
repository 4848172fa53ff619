import { eq } from '../store/drizzle.ts'
import type { Logger } from 'pino'
import { EdgeRepaired, ShardRows } from '../../shared/contract/edge-repair-api.ts'
import type { VarianceClass } from '../../shared/contract/variance-api.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import { Unavailable } from '../../shared/node/unavailable.ts'
import type { Database } from '../store/database.ts'
import { CENTRE, saveVariances, type VarianceRow } from '../store/save-variances.ts'
import { variance } from '../store/variance-tables.ts'
import type { RegionApis } from './region-apis.ts'

type Parts = {
  readonly db: Database
  readonly apis: RegionApis
  /** What the edge answers at a path. */
  readonly ask: (path: string) => Promise<unknown>
  readonly clock: Clock
  readonly log: Logger
}

/** A region that pushes without a pause may move between the two questions; then it is asked again. */
const LOOKS_MAX = 3
/** Shards that are sent again at a time, and how often by itself before a person is needed. */
const AT_ONCE_MAX = 8
const REPAIRS_MAX = 5
const AGAIN_AFTER_MS = 15_000
/** Skus that the evidence names, and the worth of all is told. */
const SKUS_NAMED_MAX = 50

type Differing = { sku: string; edge: number | null; ledger: number | null }
type Evidence = {
  readonly sentAgain?: { readonly times: number; readonly at: string }
  readonly skus?: readonly Differing[]
}

/** How often the region was asked to send the shard again. */
export const repairsOf = (row: VarianceRow): number => (row.evidence as Evidence).sentAgain?.times ?? 0

/** What the ledger has and the edge has otherwise has not come there, or did not stay. Of what only the edge has nothing is known. */
const classOf = (skus: readonly Differing[]): VarianceClass =>
  skus.length > 0 && skus.every(({ ledger }) => ledger !== null) ? 'missing-event' : 'unknown'

/** Finds out which skus of a shard differ, and has the region send the shard again. */
export class EdgeRepair {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Repairs what differs, each shard a few times with pauses; what still differs then waits for a person. */
  async repairDue(open: readonly VarianceRow[]): Promise<void> {
    const now = this.#parts.clock.now()
    const isDue = (row: VarianceRow): boolean => {
      const { sentAgain } = row.evidence as Evidence
      if (!sentAgain) return true
      return sentAgain.times < REPAIRS_MAX && now - Date.parse(sentAgain.at) >= AGAIN_AFTER_MS
    }
    for (const row of open.filter(isDue).slice(0, AT_ONCE_MAX)) {
      await this.repair(row, CENTRE).catch((error: unknown) =>
        this.#parts.log.warn(
          { region: row.region, shard: row.subject, error: String(error) },
          'a shard could not be repaired; the next comparison tries again',
        ),
      )
    }
  }

  /** Has the shard of an edge variance sent again. Throws Unavailable when the region can't be asked. */
  async repair({ id, region, subject }: VarianceRow, by: string): Promise<void> {
    const { skus, value } = await this.#sendAgain(region, Number(subject))
    const units = skus.reduce((sum, { edge, ledger }) => sum + Math.abs((edge ?? 0) - (ledger ?? 0)), 0)
    const at = formatInstant(this.#parts.clock.now())
    await this.#parts.db.transaction(async (tx) => {
      const [row] = await tx.select().from(variance).where(eq(variance.id, id)).for('update')
      if (!row || row.state !== 'open') return
      const evidence = {
        ...(row.evidence as object),
        skus: skus.slice(0, SKUS_NAMED_MAX),
        skusDiffering: skus.length,
        sentAgain: { times: repairsOf(row) + 1, at },
      }
      const detail = `${skus.length} skus differ; the region was asked to send the shard again`
      await saveVariances(tx, [
        {
          row: { ...row, class: classOf(skus), difference: units, value, evidence, updatedAt: at },
          step: { what: 'repairing', by, detail },
        },
      ])
    })
  }

  async #rowsOf(region: string, shard: number): Promise<ShardRows> {
    try {
      return ShardRows.parse(await this.#parts.ask(`/v1/digests/${shard}?region=${region}`))
    } catch (error) {
      throw new Unavailable(`the edge could not be asked: ${String(error)}`, { cause: error })
    }
  }

  async #sendAgain(
    region: string,
    shard: number,
  ): Promise<{ readonly skus: Differing[]; readonly value: number | null }> {
    for (let look = 1; ; look++) {
      const { epoch, version, rows } = await this.#rowsOf(region, shard)
      const told = rows.map(({ sku, digest }) => ({ sku, digest }))
      const json = { shard, epoch, version, rows: told, anyway: look === LOOKS_MAX }
      const answer = await this.#parts.apis.ask(region, '/v1/edge:repair', { json })
      if (answer.status !== 200) throw new Error(`the region answered ${answer.status}`)
      const repaired = EdgeRepaired.parse(answer.body)
      if (!repaired.isExact && !json.anyway) continue
      const pools = new Map<string, number>(rows.map(({ sku, pool }) => [sku, pool]))
      const skus = repaired.skus.map(({ sku, pool }) => ({
        sku,
        edge: pools.get(sku) ?? null,
        ledger: pool,
      }))
      const worths = repaired.skus.flatMap(({ sku, pool, value }) =>
        value === null ? [] : [value * Math.abs((pools.get(sku) ?? 0) - (pool ?? 0))],
      )
      return { skus, value: worths.length === 0 ? null : worths.reduce((sum, it) => sum + it, 0) }
    }
  }
}
