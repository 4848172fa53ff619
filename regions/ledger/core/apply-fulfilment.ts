import type { Fact } from '../../../shared/contract/events.ts'
import { unreachable } from '../../../shared/kernel/invariant.ts'
import type { Folding } from './folding.ts'

type FulfilmentFact = Extract<Fact, { type: `plimsoll.fulfilment.${string}` }>

export function applyFulfilment({ books, effects, time, heardAt }: Folding, fact: FulfilmentFact): void {
  const { demand, flows, skus, nodes } = books
  const { orderRef } = fact.data
  const rank = [time, fact.source, fact.id] as const
  effects.orders.add(orderRef)
  switch (fact.type) {
    case 'plimsoll.fulfilment.sourced':
      flows.open(orderRef)
      for (const { line, sku, nodes: named } of fact.data.lines) {
        const at = { orderRef, line, sku: skus.idOf(sku) }
        effects.skus.add(at.sku)
        const sourced = named.map(({ node, quantity }) => ({ node: nodes.idOf(node), quantity }))
        demand.source(at, { nodes: sourced, rank }, heardAt)
      }
      return
    case 'plimsoll.fulfilment.advanced': {
      const { node, step, system, number, detail, lines, revision } = fact.data
      return flows.advance(orderRef, node, step, {
        at: time,
        system,
        number,
        detail,
        lines,
        revision,
        rank,
      })
    }
    case 'plimsoll.fulfilment.short': {
      const { line, node, quantity } = fact.data
      const sku = skus.idOf(fact.subject)
      effects.skus.add(sku)
      return demand.short({ orderRef, line, sku }, nodes.idOf(node), quantity, heardAt)
    }
    default:
      unreachable(fact)
  }
}
