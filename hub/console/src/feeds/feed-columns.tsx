import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { FeedStatus } from '../../../../shared/contract/feed-api.ts'
import type { DataColumn } from '../parts/data-table.tsx'
import { When } from '../parts/when.tsx'
import { spanWords } from '../words/ages.ts'

export type Feed = FeedStatus & { readonly region: string }

const counted = (name: string, count: (feed: Feed) => number): DataColumn<Feed> => ({
  name,
  kind: 'number',
  cell: (feed) => count(feed).toLocaleString('en'),
  value: count,
})

/** What is seen of a feed, with what may be done about it beside its state. */
export const feedColumns = (acts: DataColumn<Feed>): readonly [DataColumn<Feed>, ...DataColumn<Feed>[]] => [
  { name: 'Channel', cell: ({ channel }) => channel },
  { name: 'Region', cell: (feed) => feed.region },
  { name: 'Kind', cell: ({ kind }) => kind },
  {
    name: 'State',
    cell: ({ status }) => <span className={`tag feed-${status}`}>{status}</span>,
    value: ({ status }) => status,
  },
  acts,
  counted('Waiting', ({ waiting }) => waiting),
  {
    name: 'Oldest',
    kind: 'number',
    cell: ({ waiting, oldestMs }) => (waiting === 0 ? '–' : spanWords(oldestMs)),
    value: ({ oldestMs }) => oldestMs,
  },
  {
    name: 'Last taken',
    cell: ({ lastDeliveredAt }) => <When at={lastDeliveredAt} />,
    value: ({ lastDeliveredAt }) => lastDeliveredAt,
  },
  counted('Taken', ({ delivered }) => delivered),
  {
    name: 'Refused',
    kind: 'number',
    cell: ({ refused, region, source }) =>
      refused === 0 ? '0' : <Link href={`/exceptions?region=${region}&source=${source}`}>{refused}</Link>,
    value: ({ refused }) => refused,
  },
  counted('Failed', ({ failed }) => failed),
  {
    name: 'Why',
    kind: 'prose',
    cell: (feed) => whyWords(feed),
    value: ({ lastError }) => lastError ?? '',
  },
]

const whyWords = ({ lastError, waitsUntil }: Feed): ReactNode => {
  if (lastError === null)
    return waitsUntil === null ? (
      ''
    ) : (
      <>
        asked again <When at={waitsUntil} />
      </>
    )
  return waitsUntil === null ? (
    lastError
  ) : (
    <>
      {lastError}; asked again <When at={waitsUntil} />
    </>
  )
}
