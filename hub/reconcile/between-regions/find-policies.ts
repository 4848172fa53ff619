import type { RegionRun } from '../../../shared/contract/governed-policy-api.ts'
import type { CameRight, Found } from '../standing.ts'

/** A region that hears the centre takes its word within seconds, or within half a minute when it missed it. */
const TAKEN_WITHIN_MS = 60_000

/** Regions that run another version of the centre's policies than is in force for them, or can not apply all of it. Pure. */
export const findPolicies = (runs: readonly RegionRun[]): Found[] =>
  runs.flatMap(({ region, wanted, running, isCurrent, toldAt, refused }) => {
    const found: Found[] = []
    const of = { region, kind: 'policy', settlesAfterMs: TAKEN_WITHIN_MS } as const
    if (!isCurrent)
      found.push({
        ...of,
        key: `policy/${region}/revision`,
        class: 'missing-event',
        subject: 'revision',
        difference: (running ?? 0) - wanted,
        evidence: { wanted, running, toldAt },
        said: `it runs revision ${running ?? 0} of the centre's policies, ${wanted} is in force`,
      })
    if (refused.length > 0)
      found.push({
        ...of,
        key: `policy/${region}/refused`,
        class: 'mapping',
        subject: 'refused',
        difference: refused.length,
        evidence: { refused },
        said: `it can not apply ${refused.length} of the centre's policies`,
      })
    return found
  })

export const policyCameRight = (): CameRight => ({
  state: 'converged',
  detail: 'the region runs what is in force for it',
})
