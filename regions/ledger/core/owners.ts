import type { MasterBook } from './master-book.ts'
import type { PhysicalState } from './positions.ts'

export type OwnedState = PhysicalState | 'picked'

/**
 * Whose word counts on a state of a node: the ownership policy's source, else the node's own, else the WMS and 3PL
 * sources that name the node; null when it is whoever speaks.
 */
export function ownersOf(master: MasterBook, node: string, state: OwnedState): readonly string[] | null {
  const owner = master.policy('ownership', { node })?.[state] ?? master.node(node)?.source
  if (owner !== undefined) return [owner]
  const keepers: string[] = []
  for (const [source, { body }] of master.all('source')) {
    if ((body.role === 'wms' || body.role === '3pl') && body.nodes?.some((it) => it === node))
      keepers.push(source)
  }
  return keepers.length === 0 ? null : keepers
}
