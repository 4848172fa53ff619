import type { Freshness } from '../../../shared/contract/availability-api.ts'
import type { NodeFigures, SkuFigures } from './figures.ts'

/** How far the figure can be believed: what is known of a node is as good as the source that tells of it. */
export function truthOf(
  figures: SkuFigures,
  ask: { readonly node?: string | undefined } = {},
): { freshness: Freshness; reasons: string[] } {
  const reasons = new Set<string>()
  let freshness: Freshness = 'fresh'
  for (const { node, availableToSell, sells, state } of nodesBehind(figures)) {
    if (!sells || (ask.node !== undefined && ask.node !== node)) continue
    if (availableToSell < 0) reasons.add(`negative-at:${node}`)
    if (state.condition === 'fresh') continue
    reasons.add(`source-${state.condition}:${state.source}@${node}`)
    if (state.step.action !== 'serve') freshness = 'degraded'
    else if (freshness === 'fresh') freshness = 'stale'
  }
  return { freshness, reasons: [...reasons] }
}

/** The nodes that a figure came from: of a kit also its components'. */
function* nodesBehind({ nodes, kit }: SkuFigures): Generator<NodeFigures> {
  yield* nodes
  for (const { figures } of kit) yield* nodesBehind(figures)
}
