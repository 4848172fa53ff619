import { type ReactNode, useId } from 'react'

export type ChartPoint = { readonly atMs: number; readonly value: number | null }

const [WIDTH, HEIGHT] = [100, 40]

/**
 * A figure over time, from 0 up; a gap where nothing is known. Its words say what the picture shows, and the table behind it has
 * every point.
 */
export function LineChart({
  title,
  explains,
  points,
  fromMs,
  toMs,
  words,
}: {
  title: string
  explains: string
  points: readonly ChartPoint[]
  fromMs: number
  toMs: number
  words: (value: number) => string
}): ReactNode {
  const id = useId()
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]))
  const most = Math.max(...known)
  const said =
    known.length === 0
      ? 'Nothing is known of this time yet.'
      : `Last ${words(known.at(-1)!)}, lowest ${words(Math.min(...known))}, highest ${words(most)}.`
  return (
    <section className="ledger" aria-labelledby={id}>
      <header className="ledger-head">
        <h2 id={id}>{title}</h2>
        <p className="soft">{explains}</p>
      </header>
      <figure className="trend">
        {known.length > 0 && (
          <svg
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={`${title}. ${said}`}
          >
            {linesOf(points, { fromMs, toMs, most }).map((line) => (
              <polyline key={line} className="spark-line" points={line} />
            ))}
            <line className="trend-axis" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
          </svg>
        )}
        <figcaption>
          <span>{said}</span>
        </figcaption>
      </figure>
      {known.length > 0 && <Figures title={title} points={points} words={words} />}
    </section>
  )
}

function Figures({
  title,
  points,
  words,
}: {
  title: string
  points: readonly ChartPoint[]
  words: (value: number) => string
}): ReactNode {
  return (
    <details className="behind">
      <summary>
        The figures<span className="unseen"> of {title}</span>
      </summary>
      <div className="scroll tall" tabIndex={0} role="region" aria-label={`Figures of ${title}`}>
        <table>
          <caption className="unseen">{title}</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col" className="number">
                {title}
              </th>
            </tr>
          </thead>
          <tbody>
            {points.toReversed().map(({ atMs, value }) => (
              <tr key={atMs}>
                <th scope="row">{MOMENT.format(atMs)}</th>
                <td className="number">{value === null ? '–' : words(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}

type Line = [x: number, y: number][]

/** A line for each stretch without a gap; a point by itself is a short one. */
export function linesOf(
  points: readonly ChartPoint[],
  { fromMs, toMs, most }: { readonly fromMs: number; readonly toMs: number; readonly most: number },
): string[] {
  const lines: Line[] = [[]]
  for (const { atMs, value } of points) {
    if (value === null) {
      lines.push([])
      continue
    }
    const x = ((atMs - fromMs) / Math.max(1, toMs - fromMs)) * WIDTH
    const y = HEIGHT - (most === 0 ? 0 : (value / most) * (HEIGHT - 2)) - 0.5
    lines.at(-1)!.push([x, y])
  }
  const alone = (line: Line): Line =>
    line.flatMap(([x, y]): Line => [
      [x - 0.4, y],
      [x + 0.4, y],
    ])
  return lines
    .filter((line) => line.length > 0)
    .map((line) => (line.length === 1 ? alone(line) : line))
    .map((line) => line.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' '))
}

const MOMENT = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})
