import type { Fact } from './events.ts'
import { hash64JoinedInto } from '../kernel/hash64.ts'

const scratch = new Uint32Array(2)

/**
 * By what a fact is recognised, as stored with it in the journal: the keys of (source, id) and (source, businesskey),
 * and 32 bits of its content. FACT_KEY_WORDS unsigned integers; a businesskey that is absent is (0, 0).
 */
export const FACT_KEY_WORDS = 5

export function writeFactKey(fact: Fact, out: Uint32Array, at: number): void {
  hash64JoinedInto(['i', fact.source, fact.id], scratch)
  out[at] = scratch[0]!
  out[at + 1] = scratch[1]!
  if (fact.businesskey === undefined) {
    out[at + 2] = 0
    out[at + 3] = 0
  } else {
    hash64JoinedInto(['b', fact.source, fact.businesskey], scratch)
    out[at + 2] = scratch[0]!
    out[at + 3] = scratch[1]!
  }
  hash64JoinedInto(contentOf(fact), scratch)
  out[at + 4] = scratch[1]!
}

/**
 * What makes two deliveries the same statement: everything that has an effect, and nothing else. The parts are hashed
 * with a space between each two, so they are part of the stored formats.
 */
function contentOf(fact: Fact): readonly string[] {
  switch (fact.type) {
    case 'plimsoll.stock.received':
    case 'plimsoll.stock.returned':
    case 'plimsoll.stock.adjusted': {
      const { node, lot = '', quantity } = fact.data
      const disposition = 'disposition' in fact.data ? fact.data.disposition : ''
      return [fact.type, fact.subject, node, lot, String(quantity), String(disposition)]
    }
    case 'plimsoll.stock.picked':
    case 'plimsoll.stock.shipped': {
      const { node, lot = '', quantity, orderRef = '', line = '' } = fact.data
      return [fact.type, fact.subject, node, lot, String(quantity), orderRef, statedLineOf(fact.data) ?? line]
    }
    case 'plimsoll.stock.moved': {
      const { node, lot = '', quantity, from, to } = fact.data
      return [fact.type, fact.subject, node, lot, String(quantity), from, to]
    }
    case 'plimsoll.stock.counted': {
      const { node, lot = '', asOf, states } = fact.data
      const { onHand, damaged, quarantined } = states
      return [fact.type, fact.subject, node, lot, asOf, String(onHand), String(damaged), String(quarantined)]
    }
    case 'plimsoll.transfer.shipped':
    case 'plimsoll.transfer.received': {
      const { transfer, from = '', to, quantity } = fact.data
      return [fact.type, fact.subject, transfer, from, to, String(quantity)]
    }
    case 'plimsoll.receipt.expected': {
      const { ref, node, quantity, expectedAt } = fact.data
      return [fact.type, fact.subject, ref, node, String(quantity), expectedAt]
    }
    case 'plimsoll.order.accepted':
    case 'plimsoll.order.changed':
    case 'plimsoll.order.cancelled': {
      const { orderRef, channel = '', segment = '', lines = [] } = fact.data
      // Which lines it meant beside those it named depends on what was known when it came.
      const stated = lines
        .filter((l) => l['isUnsaid'] !== true)
        .map((l) => `${statedLineOf(l) ?? l.line} ${l.sku} ${l.quantity} ${l.node ?? ''} ${l.dueAt ?? ''}`)
      const type = 'mayReopen' in fact.data ? 'plimsoll.order.cancelled' : fact.type
      return [type, orderRef, channel, segment, stated.join('\n')]
    }
    case 'plimsoll.policy.activated': {
      // Its version is counted here: the same word a second time would have the next one.
      const { version, ...body } = fact.data.body
      void version
      return [fact.type, String(fact.subject), JSON.stringify(body)]
    }
    default:
      // A heartbeat may have no data: JSON.stringify then gives no text.
      return [fact.type, fact.subject ?? '', String(JSON.stringify(fact.data))]
  }
}

/** By which name its source called the line: that of the books may have become known only later. */
const statedLineOf = (said: Readonly<Record<string, unknown>>): string | undefined =>
  typeof said['statedLine'] === 'string' ? said['statedLine'] : undefined
