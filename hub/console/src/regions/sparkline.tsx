import type { ReactNode } from 'react'

export type SparkPoint = { readonly atMs: number; readonly value: number }

const [WIDTH, HEIGHT, MARGIN] = [160, 36, 3]

/** A line of the last minutes: its words say what the picture shows. It begins at 0, so that a ripple is no wave. */
export function Sparkline({
  name,
  points,
  words,
}: {
  name: string
  points: readonly SparkPoint[]
  words: (value: number) => string
}): ReactNode {
  const last = points.at(-1)
  if (!last || points.length < 2)
    return (
      <figure className="spark">
        <figcaption>
          <span>{name}</span>
          <strong>{last ? words(last.value) : '–'}</strong>
        </figcaption>
        <p className="hint">No history yet</p>
      </figure>
    )
  const values = points.map(({ value }) => value)
  const [min, max] = [Math.min(...values), Math.max(...values)]
  const line = plot(points, max)
  const [endX, endY] = line.at(-1)!
  const path = line.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
  return (
    <figure className="spark">
      <figcaption>
        <span>{name}</span>
        <strong>{words(last.value)}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: now ${words(last.value)}, lowest ${words(min)}, highest ${words(max)}`}
      >
        <polygon className="spark-area" points={`${MARGIN},${HEIGHT} ${path} ${endX.toFixed(1)},${HEIGHT}`} />
        <polyline className="spark-line" points={path} />
        <path className="spark-now" d={`M${endX.toFixed(1)} ${endY.toFixed(1)}h0.01`} />
      </svg>
      <p className="hint" aria-hidden="true">
        {words(min)} to {words(max)}
      </p>
    </figure>
  )
}

function plot(points: readonly SparkPoint[], max: number): (readonly [x: number, y: number])[] {
  const [fromMs, toMs] = [points[0]!.atMs, points.at(-1)!.atMs]
  return points.map(({ atMs, value }) => [
    MARGIN + ((atMs - fromMs) / Math.max(1, toMs - fromMs)) * (WIDTH - 2 * MARGIN),
    HEIGHT - MARGIN - (max === 0 ? 0 : (value / max) * (HEIGHT - 2 * MARGIN)),
  ])
}
