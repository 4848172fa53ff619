import type { CanonicalEvent, Standing } from '../../shared/contract/events.ts'
import type { MasterBook } from '../ledger/core/master-book.ts'
import { isBuiltIn } from './own-sources.ts'

type OwnedState = 'onHand' | 'picked'

/**
 * How much a source's word counts on a node's physical states: the ownership policy of the node, else the node's own
 * source, else the WMS and 3PL sources that name the node, else whoever speaks.
 */
export function standingOf(event: CanonicalEvent, master: MasterBook): Standing {
  const state = ownedState(event)
  const node = nodeOf(event)
  if (state === null || node === null || isBuiltIn(event.source)) return 'owner'
  const owner = master.policy('ownership', { node })?.[state] ?? master.node(node)?.source
  if (owner !== undefined) return owner === event.source ? 'owner' : 'observer'
  const keepers = [...master.all('source').values()].filter(
    ({ body }) => (body.role === 'wms' || body.role === '3pl') && body.nodes?.some((it) => it === node),
  )
  return keepers.length === 0 || keepers.some(({ subject }) => subject === event.source)
    ? 'owner'
    : 'observer'
}

function ownedState(event: CanonicalEvent): OwnedState | null {
  if (event.type === 'plimsoll.stock.picked') return 'picked'
  return event.type.startsWith('plimsoll.stock.') || event.type.startsWith('plimsoll.transfer.')
    ? 'onHand'
    : null
}

/** The node whose owner may say this. A transfer is told by the end it happens at. */
function nodeOf(event: CanonicalEvent): string | null {
  switch (event.type) {
    case 'plimsoll.transfer.shipped':
      return event.data.from ?? null
    case 'plimsoll.transfer.received':
      return event.data.to
    default:
      return event.data && 'node' in event.data ? (event.data.node as string) : null
  }
}
