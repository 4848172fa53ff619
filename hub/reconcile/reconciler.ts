import type { RegionRun } from '../../shared/contract/governed-policy-api.ts'
import type { HeartbeatReport } from '../../shared/contract/reports.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import type { Intake } from '../intake/intake.ts'
import type { Database } from '../store/database.ts'
import type { VarianceRow } from '../store/save-variances.ts'
import type { UnbalancedTransfers } from '../store/unbalanced-transfers.ts'
import { ITEMS_TOLD_WITHIN_MS } from './between-regions/item-versions.ts'
import { findPolicies, policyCameRight } from './between-regions/find-policies.ts'
import { findTransfers, transferCameRight } from './between-regions/find-transfers.ts'
import { findReservedAgain, orderCameRight } from './between-regions/order-claims.ts'
import { classifyDue } from './classify-due.ts'
import { RowCheck } from './row-check.ts'
import { findSources, sourceCameRight } from './find-sources.ts'
import { type CameRight, settle, settleDue } from './standing.ts'

type Parts = {
  readonly db: Database
  readonly intake: Intake
  readonly transfers: UnbalancedTransfers
  readonly regions: readonly string[]
  readonly clock: Clock
  /** Which policies each region runs, and should run. */
  readonly runs: () => Promise<readonly RegionRun[]>
}

/** An order that counts once, told of twice: seen long enough, when people were called. */
const COUNTED_ONCE_FOR_MS = 300_000

/** Classes that are still due then are worked out in the next turn. */
const TURN_MS_MAX = 1_500

/** Looks, turn by turn, at what no message tells by itself: what has not come in time, and what has come right. */
export class Reconciler {
  readonly #parts: Parts
  readonly #rows: RowCheck

  constructor(parts: Parts) {
    this.#parts = parts
    this.#rows = new RowCheck(parts.db, parts.regions)
  }

  async turn(): Promise<void> {
    const { db, intake, transfers, regions, clock } = this.#parts
    const now = clock.now()
    const at = formatInstant(now)
    // Of a region that is silent nothing is concluded: its variances stay as they are.
    const isHeard = (region: string): boolean => {
      const link = intake.watches.get(region)!.link(0, now)
      return link === 'live' || link === 'behind'
    }
    for (const region of regions.filter(isHeard))
      await this.#heard(intake.watches.get(region)!.heartbeat!, at)
    await settle(db, { kind: 'transfer' }, findTransfers(await transfers.look(now)), transferCameRight, at)
    const runs = (await this.#parts.runs()).filter(({ region }) => isHeard(region))
    const policyRight = ({ region }: VarianceRow): CameRight | null =>
      isHeard(region) ? policyCameRight() : null
    await settle(db, { kind: 'policy' }, findPolicies(runs), policyRight, at)
    await this.#rows.turn(at)
    await settleDue(db, 'master', ITEMS_TOLD_WITHIN_MS, now)
    const heartbeatOf = (region: string): HeartbeatReport | null =>
      intake.watches.get(region)?.heartbeat ?? null
    while ((await classifyDue({ db, clock, heartbeatOf })) && clock.now() - now < TURN_MS_MAX);
  }

  async #heard(heartbeat: HeartbeatReport, at: string): Promise<void> {
    const { db } = this.#parts
    const { region } = heartbeat
    await settle(db, { kind: 'source', region }, findSources(heartbeat), sourceCameRight, at)
    const again = findReservedAgain(heartbeat)
    const isOver = (row: VarianceRow): boolean =>
      'reservation' in (row.evidence as object) ||
      ('countsOnce' in (row.evidence as object) &&
        Date.parse(at) - Date.parse(row.openedAt) >= COUNTED_ONCE_FOR_MS)
    await settle(
      db,
      { kind: 'order', region },
      again,
      (row) => (isOver(row) ? orderCameRight(row) : null),
      at,
    )
  }
}
