import type { CanonicalEvent } from '../../shared/contract/events.ts'
import { chooseConnector } from '../connectors/choose.ts'
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

/** Who speaks is who was let in, whatever the event calls itself; what it said is kept beside. */
const signedBy = (source: string, event: CanonicalEvent): CanonicalEvent =>
  event.source === source ? event : { ...event, source, statedsource: event.source }

const refusedAs = (refusal: Translation['refusals'][number]): Translation => ({
  events: [],
  refusals: [refusal],
  warnings: [],
})
