import type { CanonicalEvent } from '../../shared/contract/events.ts'
import { chooseConnector } from '../connectors/choose.ts'
import { cloudeventsConnector } from '../connectors/cloudevents/cloudevents.ts'
import type { Message, Translation } from '../connectors/connector.ts'
import type { MasterBook } from '../ledger/core/master-book.ts'
import { codesOf } from './codes.ts'

/** A stored message in canonical events, by the connector its source names or its format shows. */
export function translate(message: Message, master: MasterBook): Translation {
  const source = master.source(message.source)
  if (!source) {
    return refusedAs({
      class: 'unknown-code',
      code: 'unknown-source',
      detail: `no source ${message.source} was put here; put it, and this is replayed by itself`,
      unknown: { kind: 'source', code: message.source },
    })
  }
  const chosen = chooseConnector(source.connector, message)
  if (!chosen.ok) return refusedAs(chosen.error)
  const { events, ...rest } = chosen.value.translate(message, codesOf(message.source, master))
  return { ...rest, events: events.map((event) => signedBy(message.source, event)) }
}

/** A canonical event that came by our own door, in its source's codes; whatever the source sends by the other one. */
export const translateOwnCodes = (message: Message, master: MasterBook): Translation =>
  cloudeventsConnector.translate(message, codesOf(message.source, master))

/** Who speaks is who was let in, whatever the event calls itself; what it said is kept beside. */
const signedBy = (source: string, event: CanonicalEvent): CanonicalEvent =>
  event.source === source ? event : { ...event, source, statedsource: event.source }

/** The source's lot code as ours; itself when not mapped: a lot is whatever its maker calls it. */
export function withOwnLot<E extends CanonicalEvent>(event: E, master: MasterBook): E {
  const { lot } = (event.data ?? {}) as { lot?: string }
  const lots = lot === undefined ? undefined : master.mapping(event.source)?.lots
  if (!lots || lot === undefined || !Object.hasOwn(lots, lot)) return event
  return { ...event, data: { ...event.data, lot: lots[lot], statedLot: lot } } as E
}

const refusedAs = (refusal: Translation['refusals'][number]): Translation => ({
  events: [],
  refusals: [refusal],
  warnings: [],
})
