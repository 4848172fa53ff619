import type { RegionTrend, TrendPoint } from '../../../../shared/contract/trend-api.ts'
import type { ChartPoint } from './line-chart.tsx'

/** One figure of a trend, a point a step from its first on; null where the region was not heard of, or nothing can be said. */
export function pointsOf(
  { points, stepMs }: Pick<RegionTrend, 'points' | 'stepMs'>,
  toMs: number,
  figure: (point: TrendPoint) => number | null,
): ChartPoint[] {
  if (points.length === 0) return []
  const known = new Map(points.map((point) => [Date.parse(point.at), figure(point)]))
  const firstMs = Date.parse(points[0]!.at)
  const steps = Math.floor((toMs - firstMs) / stepMs) + 1
  return Array.from({ length: Math.max(0, steps) }, (_, i) => {
    const atMs = firstMs + i * stepMs
    return { atMs, value: known.get(atMs) ?? null }
  })
}
