import type { Fact } from '../../shared/contract/events.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import type { Refusal } from '../connectors/connector.ts'
import type { DeadLetter } from './exception-book.ts'

/** The same key came with another content: the first stands, and this one is kept for someone to look at. */
export const conflictRefusal = (fact: Fact): Refusal => ({
  class: 'conflict',
  code: 'conflicting-duplicate',
  detail: `${fact.type} ${fact.id}${fact.businesskey ? ` (${fact.businesskey})` : ''} came before with another content; the first stands`,
})

/** The second of two, as an exception. Every process of the region makes the same one of it. */
export function conflictLetter(
  fact: Fact,
  now: Instant,
): { readonly id: string; readonly letter: DeadLetter } {
  const letter = {
    stage: 'ledger',
    message: {
      source: fact.source,
      body: new TextEncoder().encode(JSON.stringify(fact)),
      contentType: 'application/cloudevents+json',
      headers: {},
      receivedAt: now,
    },
    refusals: [conflictRefusal(fact)],
    correlationId: fact.correlationid ?? fact.id,
  } as const
  return { id: `conflict-${fact.source}-${fact.id}`, letter }
}
