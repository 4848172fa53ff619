import type { ReactNode } from 'react'
import type { VarianceTrend } from '../../../../shared/contract/variance-api.ts'
import { manyWords } from '../words/numbers.ts'

export type TrendHour = { readonly atMs: number; readonly opened: number; readonly closed: number }

const HOUR_MS = 3_600_000

/** Every hour of the span, those in which nothing happened included, oldest first. */
export function hoursOf(trend: readonly VarianceTrend[], hours: number, nowMs: number): TrendHour[] {
  const byHour = new Map<number, { opened: number; closed: number }>()
  for (const { at, opened, closed } of trend) {
    const atMs = Date.parse(at)
    const sum = byHour.get(atMs) ?? { opened: 0, closed: 0 }
    byHour.set(atMs, { opened: sum.opened + opened, closed: sum.closed + closed })
  }
  const last = Math.floor(nowMs / HOUR_MS) * HOUR_MS
  return Array.from({ length: hours }, (_, index) => {
    const atMs = last - (hours - 1 - index) * HOUR_MS
    return { atMs, ...(byHour.get(atMs) ?? { opened: 0, closed: 0 }) }
  })
}

const [WIDTH, HALF] = [100, 30]

/** Opened upwards, closed downwards, on one scale: what stands above what hangs is still open. */
export function TrendChart({ hours }: { hours: readonly TrendHour[] }): ReactNode {
  const peak = Math.max(0, ...hours.flatMap(({ opened, closed }) => [opened, closed]))
  const most = Math.max(1, peak)
  const step = WIDTH / hours.length
  const sum = (of: 'opened' | 'closed') => hours.reduce((total, hour) => total + hour[of], 0)
  const words = `In the last ${hours.length} hours ${manyWords(sum('opened'), 'variance')} opened and ${sum('closed')} closed; at most ${peak} in one hour.`
  return (
    <figure className="trend">
      <svg viewBox={`0 0 ${WIDTH} ${2 * HALF}`} preserveAspectRatio="none" role="img" aria-label={words}>
        {hours.map(({ atMs, opened, closed }, index) => (
          <g key={atMs}>
            {opened > 0 && (
              <rect
                className="trend-opened"
                x={index * step + step * 0.1}
                width={step * 0.8}
                y={HALF - (opened / most) * HALF}
                height={(opened / most) * HALF}
              />
            )}
            {closed > 0 && (
              <rect
                className="trend-closed"
                x={index * step + step * 0.1}
                width={step * 0.8}
                y={HALF}
                height={(closed / most) * HALF}
              />
            )}
          </g>
        ))}
        <line className="trend-axis" x1="0" x2={WIDTH} y1={HALF} y2={HALF} />
      </svg>
      <figcaption>
        <span className="trend-key trend-key-opened">opened (up)</span>
        <span className="trend-key trend-key-closed">closed (down)</span>
        <span>{words}</span>
      </figcaption>
    </figure>
  )
}
