import type { Fact } from '../../shared/contract/events.ts'
import type { Refusal } from '../connectors/connector.ts'

/** The same key came with another content: the first stands, and this one is kept for someone to look at. */
export const conflictRefusal = (fact: Fact): Refusal => ({
  class: 'conflict',
  code: 'conflicting-duplicate',
  detail: `${fact.type} ${fact.id}${fact.businesskey ? ` (${fact.businesskey})` : ''} came before with another content; the first stands`,
})
