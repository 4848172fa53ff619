import type { Rules } from '../../shared/contract/push.ts'
import type { RowFigures } from '../../shared/snapshot/row.ts'
import { worst, type Standing } from './freshness.ts'

const STALE: Standing = { freshness: 'stale', reasons: [] }

/**
 * What is to be said of a figure because a source behind it has gone silent, as the region says it; null for most. The figure
 * holds back already what the source's policy holds back.
 */
export function silenceBehind(
  row: RowFigures,
  { silentNodes }: Pick<Rules, 'silentNodes'>,
  node: string | undefined,
): Standing | null {
  if (silentNodes === undefined) return null
  let standing: Standing | null = null as Standing | null
  for (const name of nodesBehind(row)) {
    if (node !== undefined && node !== name) continue
    const silent = Object.hasOwn(silentNodes, name) ? silentNodes[name] : undefined
    if (!silent) continue
    const reason = `source-${silent.condition}:${silent.source}@${name}`
    const { freshness, reasons } = standing ?? STALE
    standing = {
      freshness: silent.action === 'serve' ? freshness : worst(freshness, 'degraded'),
      reasons: reasons.includes(reason) ? reasons : [...reasons, reason],
    }
  }
  return standing
}

/** The nodes that a figure came from: of a kit also its components'. */
function* nodesBehind({ nodes, kit = [] }: RowFigures): Generator<string> {
  for (const { node } of nodes) yield node
  for (const { row } of kit) yield* nodesBehind(row)
}
