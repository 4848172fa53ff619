import type { ReactNode } from 'react'
import { useSearchParams } from 'wouter'
import type { FeedStatus } from '../../../../shared/contract/feed-api.ts'
import { useAsked } from '../api/use-asked.ts'
import { type DataColumn, DataTable } from '../parts/data-table.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { UrlSelect, UrlText } from '../parts/url-field.tsx'
import { useDone } from '../parts/use-done.tsx'
import { RegionFilter } from '../regions/region-filter.tsx'
import { useRegionFilter } from '../regions/use-region-filter.ts'
import { mayAct, usePerson } from '../session/use-person.ts'
import { useWhere } from '../shell/where.ts'
import { FeedActs } from './feed-acts.tsx'
import { type Feed, feedColumns } from './feed-columns.tsx'

const EVERY_MS = 2_000

const STATES = ['ok', 'behind', 'down', 'paused'] as const satisfies readonly FeedStatus['status'][]

/** Channels that ask nobody: whether they take what they are told, and what they are owed. */
export default function FeedsPage(): ReactNode {
  const { kind, regions } = useWhere()
  const [region, choose] = useRegionFilter(regions)
  const [params] = useSearchParams()
  const { data, problem, isLoading, reload } = useAsked<{ feeds: (FeedStatus & { region?: string })[] }>(
    '/v1/feeds',
    { everyMs: EVERY_MS },
  )
  const isOfRegion = kind === 'region'
  const person = usePerson()
  const [done, say] = useDone(reload)
  const [state, named] = [params.get('state'), params.get('channel')]
  // A region that shows its own feeds does not name itself.
  const feeds: Feed[] = (data?.feeds ?? [])
    .map((feed) => ({ ...feed, region: feed.region ?? regions[0] ?? '' }))
    .filter((it) => (region ?? it.region) === it.region && (state ?? it.status) === it.status)
    .filter(({ channel }) => channel.includes(named ?? ''))
  const acts: DataColumn<Feed> = {
    name: 'Do',
    cell: (feed) => (
      <FeedActs
        region={feed.region}
        feed={feed}
        isOffered={isOfRegion || mayAct(person, 'operator', feed.region)}
        onDone={say}
      />
    ),
    value: () => '',
  }
  return (
    <>
      <PageHead
        title="Feeds"
        hint="Channels that are told what they may sell: what each took, and what it is owed."
      >
        {regions.length > 1 && <RegionFilter regions={regions} chosen={region} onChoose={choose} />}
      </PageHead>
      <search className="filters" aria-label="Filter feeds">
        <UrlSelect name="state" label="State" options={STATES} />
        <UrlText name="channel" label="Channel" />
      </search>
      {done}
      <ProblemNote problem={problem} />
      {isLoading && data === null ? (
        <p className="waiting">Asking …</p>
      ) : (
        <DataTable
          title="Feeds"
          rows={feeds}
          rowKey={(feed) => `${feed.region} ${feed.channel}`}
          file="feeds"
          empty="None fits these filters. A region's configuration names the channels that it feeds."
          columns={feedColumns(acts)}
        />
      )}
    </>
  )
}
