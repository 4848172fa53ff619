import type { ReactNode } from 'react'
import type { RegionOverview } from '../../../../shared/contract/centre-api.ts'
import type { CentreClock } from '../live/use-centre-clock.ts'
import { ageWords, spanWords } from '../words/ages.ts'
import { countWords, manyWords, rateWords, valueWords } from '../words/numbers.ts'
import { EdgeFigures } from './edge-figures.tsx'
import { FigureItem } from './figure-item.tsx'
import { LinkMark } from './link-mark.tsx'
import { SourceTable } from './source-table.tsx'
import { Sparkline } from './sparkline.tsx'

export function RegionCard({
  region,
  clock,
  isLost,
}: {
  region: RegionOverview
  clock: CentreClock
  isLost: boolean
}): ReactNode {
  const headingId = `region-${region.region}`
  return (
    <article className={`card card-${region.link}`} aria-labelledby={headingId} data-region={region.region}>
      <header className="card-head">
        <h2 id={headingId}>{region.region}</h2>
        <LinkMark link={region.link} isLost={isLost} />
      </header>
      <dl className="figures">
        <Progress region={region} clock={clock} />
        <FigureItem name="Exceptions open" isAlert={(region.exceptionsOpen ?? 0) > 0}>
          {countWords(region.exceptionsOpen)}
        </FigureItem>
        <FigureItem
          name="Variances open"
          isAlert={region.variancesOpen > 0}
          note={
            region.variancesOpen > 0 &&
            `${manyWords(region.varianceUnits, 'unit')}, worth ${valueWords(region.varianceValue)}`
          }
        >
          {countWords(region.variancesOpen)}
        </FigureItem>
      </dl>
      <div className="sparks">
        <Sparkline
          name="Lag"
          points={region.history.map(({ at, lagMs }) => ({ atMs: Date.parse(at), value: lagMs }))}
          words={spanWords}
        />
        <Sparkline
          name="Facts per second"
          points={region.history.map(({ at, factsPerSecond }) => ({
            atMs: Date.parse(at),
            value: factsPerSecond,
          }))}
          words={rateWords}
        />
      </div>
      <EdgeFigures edge={region.edge} nowMs={clock.nowMs} />
      <SourceTable region={region.region} sources={region.sources} nowMs={clock.nowMs} />
    </article>
  )
}

function Progress({ region, clock }: { region: RegionOverview; clock: CentreClock }): ReactNode {
  const factsPerSecond = region.history.at(-1)?.factsPerSecond
  return (
    <>
      <FigureItem name="Watermark age" note={region.epoch !== null && `epoch ${region.epoch}`}>
        <time dateTime={region.watermark ?? undefined}>
          {region.watermarkAgeMs === null ? '–' : ageWords(region.watermarkAgeMs + clock.sinceSightingMs)}
        </time>
      </FigureItem>
      <FigureItem
        name="Facts applied"
        note={factsPerSecond !== undefined && `${rateWords(factsPerSecond)} per second`}
      >
        {countWords(region.factsApplied)}
      </FigureItem>
      <FigureItem name="Duplicates recognised">{countWords(region.factsDuplicate)}</FigureItem>
      <FigureItem
        name="Messages behind"
        note={`region ${countWords(region.factsBehind)}, centre ${countWords(region.intakePending)}`}
      >
        {countWords(region.factsBehind === null ? null : region.factsBehind + region.intakePending)}
      </FigureItem>
    </>
  )
}
