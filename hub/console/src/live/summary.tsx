import type { ReactNode } from 'react'
import type { RegionOverview } from '../../../../shared/contract/centre-api.ts'
import { manyWords } from '../words/numbers.ts'

const LINKS = ['live', 'behind', 'silent', 'never'] as const
const LINK_WORDS = { live: 'live', behind: 'behind', silent: 'silent', never: 'never heard of' } as const

/** The page in two sentences, for whoever has ten seconds. */
export function Summary({
  regions,
  isLost,
}: {
  regions: readonly RegionOverview[]
  isLost: boolean
}): ReactNode {
  const sum = (of: (region: RegionOverview) => number) =>
    regions.reduce((total, region) => total + of(region), 0)
  const links = LINKS.map((link) => ({
    link,
    count: regions.filter((region) => region.link === link).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ link, count }) => (count === regions.length ? LINK_WORDS[link] : `${count} ${LINK_WORDS[link]}`))
  const all = regions.length > 1 && links.length === 1 ? 'all ' : ''
  const variances = sum(({ variancesOpen }) => variancesOpen)
  const exceptions = sum(({ exceptionsOpen }) => exceptionsOpen ?? 0)
  return (
    <div className="summary">
      <h1>
        {regions.length === 1 ? `Region ${regions[0]!.region}` : manyWords(regions.length, 'region')}
        {links.length > 0 && `${isLost ? ', when last seen ' : ', '}${all}${links.join(', ')}`}
      </h1>
      <p className="soft">
        {manyWords(variances, 'variance')} and {manyWords(exceptions, 'exception')} open
      </p>
    </div>
  )
}
