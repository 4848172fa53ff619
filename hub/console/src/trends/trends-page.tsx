import type { ReactNode } from 'react'
import { useSearchParams } from 'wouter'
import type { RegionTrend, TrendPoint } from '../../../../shared/contract/trend-api.ts'
import { useAsked } from '../api/use-asked.ts'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { RegionChoice } from '../parts/region-choice.tsx'
import { UrlSelect } from '../parts/url-field.tsx'
import { useRegion } from '../shell/where.ts'
import { spanWords } from '../words/ages.ts'
import { countWords, rateWords, valueWords } from '../words/numbers.ts'
import { LineChart } from './line-chart.tsx'
import { pointsOf } from './points-of.ts'

const EVERY_MS = 30_000
const HOUR_MS = 3_600_000

type Chart = {
  readonly title: string
  readonly explains: string
  readonly figure: (point: TrendPoint) => number | null
  readonly words: (value: number) => string
}
const CHARTS: readonly Chart[] = [
  {
    title: 'Watermark age',
    explains: 'How old the region’s last word was here, at its oldest.',
    figure: ({ watermarkAgeMs }) => watermarkAgeMs,
    words: spanWords,
  },
  {
    title: 'Messages the region has to fold',
    explains: 'What its systems have told and its ledger has not taken yet.',
    figure: ({ factsBehind }) => factsBehind,
    words: countWords,
  },
  {
    title: 'Messages the centre has to take in',
    explains: 'What has come over the link and is not in the database yet.',
    figure: ({ intakePending }) => intakePending,
    words: countWords,
  },
  {
    title: 'Skus that wait for the edge',
    explains: 'Changed in the ledger, and not yet told to readers.',
    figure: ({ dirtySkus }) => dirtySkus,
    words: countWords,
  },
  {
    title: 'Events for each write at the edge',
    explains: 'What compaction saves: so many events were told with one write.',
    figure: ({ eventsIn, rowsOut }) => (rowsOut === 0 ? null : eventsIn / rowsOut),
    words: rateWords,
  },
  {
    title: 'Value of open variances',
    explains: 'What copies of the truth differed by, where items say what they are worth.',
    figure: ({ varianceValue }) => varianceValue,
    words: valueWords,
  },
]

/** How a region was over the last hour, day or week. */
export default function TrendsPage(): ReactNode {
  const [region] = useRegion()
  const [params] = useSearchParams()
  const hours = Number(params.get('hours')) || 24
  const { data, problem } = useAsked<{ trends: RegionTrend[] }>(`/v1/trends?hours=${hours}`, {
    everyMs: EVERY_MS,
  })
  const trend = data?.trends.find((it) => it.region === region)
  const toMs = Date.now()
  return (
    <>
      <PageHead title="Trends" hint="How a region was: lag, queues, compaction, and what differs.">
        <RegionChoice />
        <UrlSelect
          name="hours"
          label="Over"
          any="a day"
          options={[
            ['1', 'an hour'],
            ['168', 'a week'],
          ]}
        />
      </PageHead>
      <ProblemNote problem={problem} />
      {trend !== undefined &&
        CHARTS.map(({ title, explains, figure, words }) => (
          <LineChart
            key={title}
            title={title}
            explains={explains}
            points={pointsOf(trend, toMs, figure)}
            fromMs={toMs - hours * HOUR_MS}
            toMs={toMs}
            words={words}
          />
        ))}
    </>
  )
}
