import { and, eq } from '../store/drizzle.ts'
import type { Logger } from 'pino'
import * as z from 'zod'
import type { DigestReport } from '../../shared/contract/reports.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import { digestText } from '../../shared/kernel/hash64.ts'
import type { Database } from '../store/database.ts'
import { CENTRE, saveVariances, type VarianceChange } from '../store/save-variances.ts'
import { variance } from '../store/variance-tables.ts'

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

/** Holds what a region's ledger says the edge must hold against what the edge says it holds. */
export class EdgeDrift {
  readonly byRegion = new Map<string, Drift>()
  readonly #parts: { db: Database; edge: { url: string; operatorKey: string }; clock: Clock; log: Logger }

  constructor(parts: {
    db: Database
    edge: { url: string; operatorKey: string }
    clock: Clock
    log: Logger
  }) {
    this.#parts = parts
  }

  /** Called the moment a region has told its digests, while the edge still is at that version. */
  async compare(ledger: DigestReport): Promise<void> {
    const { region } = ledger
    const { clock, log } = this.#parts
    const edge = await this.#ask(region).catch(
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
    await this.#settle(region, compared, now)
  }

  async #settle(region: string, { equal, differing }: Compared, now: string): Promise<void> {
    const { db } = this.#parts
    const open = await db
      .select()
      .from(variance)
      .where(and(eq(variance.region, region), eq(variance.kind, 'edge'), eq(variance.state, 'open')))
    const known = new Set(open.map(({ subject }) => Number(subject)))
    const closed = open
      .filter(({ subject }) => equal.includes(Number(subject)))
      .map((row) => ({
        row: { ...row, state: 'converged', updatedAt: now, closedAt: now },
        step: {
          what: 'converged' as const,
          by: CENTRE,
          detail: 'the edge and the ledger have the same rows',
        },
      }))
    const opened = differing
      .filter((shard) => !known.has(shard))
      .map((shard) => edgeVariance(region, shard, now))
    await saveVariances(db, [...closed, ...opened])
  }

  async #ask(region: string): Promise<EdgeDigests> {
    const { url, operatorKey } = this.#parts.edge
    const response = await fetch(`${url}/v1/digests?region=${region}`, {
      headers: { authorization: `Bearer ${operatorKey}` },
      signal: AbortSignal.timeout(ASK_WITHIN_MS),
    })
    if (!response.ok) throw new Error(`the edge answered ${response.status}`)
    return EdgeDigests.parse(await response.json())
  }
}

function edgeVariance(region: string, shard: number, now: string): VarianceChange {
  const key = `edge/${region}/${shard}`
  const row = {
    id: digestText(`${key}/${now}`),
    key,
    region,
    kind: 'edge',
    class: 'unknown',
    state: 'open',
    isSettled: true,
    isClassDue: false,
    tier: null,
    source: null,
    sku: null,
    node: null,
    subject: String(shard),
    difference: 0,
    value: null,
    seen: 1,
    owner: null,
    openedAt: now,
    updatedAt: now,
    closedAt: null,
    evidence: { shard },
    proposal: null,
  }
  return { row, step: { what: 'opened', by: CENTRE, detail: `shard ${shard} has other rows at the edge` } }
}
