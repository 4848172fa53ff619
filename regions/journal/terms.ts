import type { Fact } from '../../shared/contract/events.ts'

/** By what a fact can be found in the journal. */
export type Term =
  | { readonly kind: 'sku' | 'item'; readonly of: string }
  | { readonly kind: 'order'; readonly of: string }
  | { readonly kind: 'supply'; readonly of: string }
  | { readonly kind: 'correlation'; readonly of: string }

type Named = {
  readonly orderRef?: string
  readonly lines?: readonly { readonly sku: string }[]
  readonly transfer?: string
  readonly ref?: string
}

const namesOf = (fact: Fact): Named => (fact.data ?? {}) as Named

/** The skus that a fact speaks of: its subject, and those of its lines. */
export function skusOf(fact: Fact): string[] {
  const lines = namesOf(fact).lines?.map(({ sku }) => sku) ?? []
  return isOfSku(fact) ? [fact.subject!, ...lines] : lines
}

/** The subject of policies and of other master data is not a sku. */
const isOfSku = ({ type, subject }: Fact): boolean =>
  subject !== undefined && !/^plimsoll\.(node|source|mapping|policy)\./.test(type)

export const orderOf = (fact: Fact): string | undefined => namesOf(fact).orderRef

/** The reference under which goods are announced and arrive: their story is one, whichever fact tells of it. */
export function supplyOf(fact: Fact): string | undefined {
  const { transfer, ref } = namesOf(fact)
  if (transfer !== undefined) return transfer
  return fact.type === 'plimsoll.receipt.expected' || fact.type === 'plimsoll.stock.received'
    ? ref
    : undefined
}

export function termsOf(fact: Fact): Term[] {
  const terms: Term[] = skusOf(fact).map((sku) => ({ kind: 'sku', of: sku }))
  const [order, supply] = [orderOf(fact), supplyOf(fact)]
  if (fact.type === 'plimsoll.item.upserted') terms.push({ kind: 'item', of: fact.subject })
  if (order !== undefined) terms.push({ kind: 'order', of: order })
  if (supply !== undefined) terms.push({ kind: 'supply', of: supply })
  if (fact.correlationid !== undefined) terms.push({ kind: 'correlation', of: fact.correlationid })
  return terms
}
