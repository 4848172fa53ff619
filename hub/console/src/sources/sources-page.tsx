import type { ReactNode } from 'react'
import type { SourceStanding } from '../../../../shared/contract/source-api.ts'
import { regionPath } from '../api/region-path.ts'
import { useAsked } from '../api/use-asked.ts'
import { DataTable } from '../parts/data-table.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { RegionChoice } from '../parts/region-choice.tsx'
import { When } from '../parts/when.tsx'
import { useRegion } from '../shell/where.ts'
import { spanWords } from '../words/ages.ts'
import { EdgeDelays, SourceDelays } from './delay-panels.tsx'

type Source = SourceStanding
type System = {
  readonly system: string
  readonly state: 'open' | 'throttled' | 'down'
  readonly waiting: number
  readonly running: number
  readonly stuck: number
  readonly oldestMs: number
  readonly waitsUntil: string | null
}

const EVERY_MS = 3_000

/** Who is heard, of what, since when; and how the systems that have to be told of orders keep up. */
export default function SourcesPage(): ReactNode {
  const [region] = useRegion()
  const sources = useAsked<{ sources: Source[] }>(
    region === null ? null : regionPath(region, '/v1/sources'),
    {
      everyMs: EVERY_MS,
    },
  )
  const systems = useAsked<{ systems: System[] }>(
    region === null ? null : regionPath(region, '/v1/systems'),
    {
      everyMs: EVERY_MS,
    },
  )
  return (
    <>
      <PageHead
        title="Sources"
        hint="Who is heard, of what, and since when; and the systems that are told of orders."
      >
        <RegionChoice />
      </PageHead>
      <ProblemNote problem={sources.problem} />
      <SourceList region={region} sources={sources.data?.sources ?? []} />
      <SilentNodes sources={sources.data?.sources ?? []} />
      {region !== null && (
        <>
          <SourceDelays region={region} />
          <EdgeDelays region={region} />
        </>
      )}
      <ProblemNote problem={systems.problem} />
      <SystemList systems={systems.data?.systems ?? []} />
    </>
  )
}

const ACTIONS: Readonly<Record<string, string>> = {
  serve: 'served, and said to be stale',
  buffer: 'a part is held back',
  exclude: 'left out of what is sold',
}

const missingWords = (missing: Source['missing']): string =>
  missing.length === 0
    ? 'nothing'
    : missing.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(', ')

function SourceList({ region, sources }: { region: string | null; sources: readonly Source[] }): ReactNode {
  return (
    <DataTable
      title="Sources"
      rows={sources}
      rowKey={({ source }) => source}
      file={`sources-${region}`}
      empty="No source was put in this region."
      columns={[
        { name: 'Source', cell: ({ source }) => source },
        { name: 'Role', cell: ({ role }) => role },
        {
          name: 'Condition',
          cell: ({ condition }) => <span className={`tag condition-${condition}`}>{condition}</span>,
          value: ({ condition }) => condition,
        },
        { name: 'Heard', cell: ({ heardAt }) => <When at={heardAt} />, value: ({ heardAt }) => heardAt },
        {
          name: 'Latest fact of',
          cell: ({ lastFactAt }) => <When at={lastFactAt} />,
          value: ({ lastFactAt }) => lastFactAt,
        },
        {
          name: 'Facts',
          kind: 'number',
          cell: ({ facts }) => facts.toLocaleString('en'),
          value: ({ facts }) => facts,
        },
        {
          name: 'Its counter',
          kind: 'number',
          cell: ({ highestSequence }) =>
            highestSequence === null ? '–' : highestSequence.toLocaleString('en'),
          value: ({ highestSequence }) => highestSequence,
        },
        { name: 'Missing of it', kind: 'prose', cell: ({ missing }) => missingWords(missing) },
      ]}
    />
  )
}

function SilentNodes({ sources }: { sources: readonly Source[] }): ReactNode {
  const silent = sources.flatMap(({ source, nodes }) =>
    nodes.filter(({ condition }) => condition !== 'fresh').map((node) => ({ source, ...node })),
  )
  return (
    <DataTable
      title="Nodes that are not heard of"
      rows={silent}
      rowKey={({ source, node }) => `${source} ${node}`}
      empty="None: every node is heard of in time."
      columns={[
        { name: 'Node', cell: ({ node }) => node },
        { name: 'Kept by', cell: ({ source }) => source },
        {
          name: 'Condition',
          cell: ({ condition }) => <span className={`tag condition-${condition}`}>{condition}</span>,
        },
        { name: 'Since', cell: ({ heardAt }) => <When at={heardAt} /> },
        { name: 'What is done', cell: ({ action }) => ACTIONS[action] ?? action },
      ]}
    />
  )
}

function SystemList({ systems }: { systems: readonly System[] }): ReactNode {
  return (
    <DataTable
      title="Systems told of orders"
      rows={systems}
      rowKey={({ system }) => system}
      empty="This region tells no system of orders."
      columns={[
        { name: 'System', cell: ({ system }) => system },
        { name: 'State', cell: ({ state }) => <span className={`tag system-${state}`}>{state}</span> },
        { name: 'Waiting', kind: 'number', cell: ({ waiting }) => String(waiting) },
        { name: 'Oldest', kind: 'number', cell: ({ oldestMs }) => spanWords(oldestMs) },
        { name: 'Running', kind: 'number', cell: ({ running }) => String(running) },
        { name: 'Given up', kind: 'number', cell: ({ stuck }) => String(stuck) },
        {
          name: 'Asked again',
          cell: ({ waitsUntil }) => (waitsUntil === null ? 'at once' : <When at={waitsUntil} />),
        },
      ]}
    />
  )
}
