import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Codes, Refusal } from '../connector.ts'
import { noPlace, unknownCode } from '../refusals.ts'
import type { EpcisEvent } from './epcis-event.ts'
import { readGln } from './gs1-keys.ts'
import { bareTerm } from './vocabulary.ts'

/**
 * readPoint is where it happened, bizLocation where the goods are afterwards. So what leaves left from the readPoint, and
 * its bizLocation, if any, is already elsewhere; what arrives or is counted is at the bizLocation.
 */
export function nodeOf(
  event: EpcisEvent,
  direction: 'leaves' | 'stays',
  codes: Codes,
  where: string,
): Result<string, Refusal> {
  const readPoint = event.readPoint?.id
  const bizLocation = event.bizLocation?.id
  const leaving = [readPoint, locationOf(event, 'source')].filter((id) => id !== undefined)
  const named =
    direction === 'leaves'
      ? leaving.length > 0
        ? leaving
        : [bizLocation]
      : [bizLocation, readPoint, locationOf(event, 'destination')]
  const ids = named.filter((id) => id !== undefined)
  for (const id of ids) {
    const node = knownNode(id, codes)
    if (node !== null) return ok(node)
  }
  if (ids.length > 0) return err(unknownCode('node', readGln(ids[0]!) ?? ids[0]!, where))
  return codes.defaultNode === null ? err(noPlace(where)) : ok(codes.defaultNode)
}

/** The whole id first, because a dock or a room may be mapped by itself; then the site's GLN. */
export function knownNode(id: string, codes: Codes): string | null {
  const node = codes.node(id)
  if (node !== null) return node
  const gln = readGln(id)
  return gln === null ? null : codes.node(gln)
}

/** Of a source or destination list only the location is a place; the others are parties. */
export function locationOf(event: EpcisEvent, end: 'source' | 'destination'): string | undefined {
  if (end === 'source') return event.sourceList.find(({ type }) => bareTerm(type) === 'location')?.source
  return event.destinationList.find(({ type }) => bareTerm(type) === 'location')?.destination
}
