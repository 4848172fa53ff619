import type { Fact } from '../../../shared/contract/events.ts'
import type { Item } from '../../../shared/domain/master-data.ts'
import type { PolicyKind } from '../../../shared/domain/policy.ts'
import { unreachable } from '../../../shared/kernel/invariant.ts'
import type { Books } from './books.ts'
import type { Folding } from './folding.ts'

type MasterFact = Extract<
  Fact,
  { type: `plimsoll.${'item' | 'node' | 'source' | 'mapping'}.upserted` | 'plimsoll.policy.activated' }
>

/** Policies whose word is in a sku's own figures; the others travel beside them, or decide elsewhere. */
const IN_FIGURES: ReadonlySet<PolicyKind> = new Set(['depletion', 'safetyStock', 'tier', 'tierRule'])

export function applyMaster({ books, effects, time }: Folding, fact: MasterFact): void {
  const { master } = books
  const rank = [time, fact.source, fact.id] as const
  effects.masterChanged = true
  switch (fact.type) {
    case 'plimsoll.item.upserted': {
      const sku = books.skus.idOf(fact.subject)
      // What it was put together from; what hangs together with these and with what it becomes is found once a batch.
      effects.skus.add(sku)
      for (const component of books.kits.componentsOf(sku)) effects.skus.add(component.sku)
      if (master.upsert({ kind: 'item', subject: fact.subject, body: fact.data, rank }))
        putKit(books, sku, fact.data)
      return
    }
    case 'plimsoll.node.upserted':
      books.nodes.idOf(fact.subject)
      effects.scopes.add(`node:${fact.subject}`)
      return void master.upsert({ kind: 'node', subject: fact.subject, body: fact.data, rank })
    case 'plimsoll.source.upserted':
      return void master.upsert({ kind: 'source', subject: fact.subject, body: fact.data, rank })
    case 'plimsoll.mapping.upserted':
      return void master.upsert({ kind: 'mapping', subject: fact.subject, body: fact.data, rank })
    case 'plimsoll.policy.activated':
      if (IN_FIGURES.has(fact.data.kind)) effects.scopes.add(fact.data.scope)
      return void master.upsert({ kind: 'policy', subject: fact.subject, body: fact.data, rank })
    default:
      unreachable(fact)
  }
}

/** Keeps the index of kits, and the demand that depends on it, in step with an item. */
export function putKit(books: Books, sku: number, { kit = [] }: Item): void {
  const components = kit.map((it) => ({ sku: books.skus.idOf(it.sku), quantity: it.quantity }))
  if (books.kits.isSame(sku, components)) return
  books.demand.whileKitChanges(sku, () => books.kits.put(sku, components))
}
