import type { Logger } from 'pino'
import * as z from 'zod'
import type { DigestReport } from '../../shared/contract/reports.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import type { Database } from '../store/database.ts'
import type { VarianceRow } from '../store/save-variances.ts'
import { askEdge, type EdgeApi } from './edge-api.ts'
import { EdgeRepair, repairsOf } from './edge-repair.ts'
import type { RegionApis } from './region-apis.ts'
import { type CameRight, type Found, settle } from './standing.ts'

const EdgeDigests = z.object({
  region: z.string(),
  epoch: z.number(),
  version: z.number(),
  digests: z.array(z.string()),
})
type EdgeDigests = z.infer<typeof EdgeDigests>

export type Drift = {
  readonly region: string
  readonly ledgerVersion: number
  readonly edgeVersion: number | null
  /** Null until both were seen at one version. */
  readonly agrees: boolean | null
  readonly differingShards: readonly number[]
  readonly comparedAt: string | null
}

type Compared = { readonly equal: readonly number[]; readonly differing: readonly number[] }

/** Which shards agree. Null when the two are of different versions: a push was on its way, which is no difference. */
export function compareDigests(
  ledger: Pick<DigestReport, 'epoch' | 'version' | 'digests'>,
  edge: EdgeDigests,
): Compared | null {
  if (ledger.epoch !== edge.epoch || ledger.version !== edge.version) return null
  const told = ledger.digests.flatMap((digest, shard) => (digest === '' ? [] : [shard]))
  return {
    equal: told.filter((shard) => ledger.digests[shard] === edge.digests[shard]),
    differing: told.filter((shard) => ledger.digests[shard] !== edge.digests[shard]),
  }
}

const ASK_WITHIN_MS = 3_000

type Parts = {
  readonly db: Database
  readonly edge: EdgeApi
  readonly apis: RegionApis
  readonly clock: Clock
  readonly log: Logger
}

/** Holds what a region's ledger says the edge must hold against what the edge says it holds, and has differences repaired. */
export class EdgeDrift {
  readonly byRegion = new Map<string, Drift>()
  readonly repair: EdgeRepair
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
    this.repair = new EdgeRepair({ ...parts, ask: (path) => this.#ask(path) })
  }

  /** Called the moment a region has told its digests, while the edge still is at that version. */
  async compare(ledger: DigestReport): Promise<void> {
    const { region } = ledger
    const { clock, log } = this.#parts
    const edge = await this.#ask(`/v1/digests?region=${region}`)
      .then((body) => EdgeDigests.parse(body))
      .catch(
        (error: unknown) =>
          void log.debug({ region, error: String(error) }, 'the edge did not tell its digests'),
      )
    const seen = { region, ledgerVersion: ledger.version, edgeVersion: edge?.version ?? null }
    const compared = edge ? compareDigests(ledger, edge) : null
    if (compared === null) {
      const never = { agrees: null, differingShards: [], comparedAt: null }
      this.byRegion.set(region, { ...never, ...this.byRegion.get(region), ...seen })
      return
    }
    const now = formatInstant(clock.now())
    const { differing } = compared
    this.byRegion.set(region, {
      ...seen,
      agrees: differing.length === 0,
      differingShards: differing,
      comparedAt: now,
    })
    const open = await this.#settle(region, compared, now)
    await this.repair.repairDue(open.filter(({ subject }) => differing.includes(Number(subject))))
  }

  #settle(region: string, { equal, differing }: Compared, now: string): Promise<VarianceRow[]> {
    const cameRight = (row: VarianceRow): CameRight | null => {
      if (!equal.includes(Number(row.subject))) return null
      return repairsOf(row) > 0
        ? { state: 'corrected', detail: 'the region sent the shard again: both have the same rows' }
        : { state: 'converged', detail: 'the edge and the ledger have the same rows' }
    }
    const found = differing.map((shard) => differs(region, shard))
    return settle(this.#parts.db, { kind: 'edge', region }, found, cameRight, now)
  }

  async #ask(path: string): Promise<unknown> {
    const response = await askEdge(this.#parts.edge, path, { withinMs: ASK_WITHIN_MS })
    if (!response.ok) throw new Error(`the edge answered ${response.status}`)
    return response.json()
  }
}

const differs = (region: string, shard: number): Found => ({
  key: `edge/${region}/${shard}`,
  region,
  kind: 'edge',
  settlesAfterMs: 0,
  subject: String(shard),
  evidence: { shard },
  said: `shard ${shard} has other rows at the edge`,
})
