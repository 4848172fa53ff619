import { expect, test } from 'vitest'
import { newEffects } from './effects.ts'
import { fact, HEARD_AT } from './given.ts'
import { Ledger } from './ledger.ts'

const kit = (sku: string, at: number, ...components: string[]) =>
  fact({
    type: 'item.upserted',
    sku,
    at,
    data: { baseUom: 'EA', decimals: 0, kit: components.map((it) => ({ sku: it, quantity: 1 })) },
  })

/** The skus that a fact reaches, as the region tells them. */
function reachedBy(ledger: Ledger, it: ReturnType<typeof kit>): string[] {
  const effects = newEffects()
  ledger.apply(it, effects, HEARD_AT)
  ledger.books.kits.spread(effects.skus)
  return [...effects.skus].map((sku) => ledger.books.skus.textOf(sku)).sort()
}

test('a kit that is made otherwise reaches what it was made of, what it is made of, and every kit with these', () => {
  const ledger = new Ledger()
  for (const [sku, ...of] of [
    ['OTHER-OLD', 'OLD'],
    ['OTHER-NEW', 'NEW'],
    ['ABOVE', 'KIT'],
    ['FAR', 'ELSE'],
  ] as const)
    ledger.apply(kit(sku, 1, ...of), newEffects(), HEARD_AT)
  ledger.apply(kit('KIT', 1, 'OLD'), newEffects(), HEARD_AT)
  expect(reachedBy(ledger, kit('KIT', 2, 'NEW'))).toEqual([
    'ABOVE',
    'KIT',
    'NEW',
    'OLD',
    'OTHER-NEW',
    'OTHER-OLD',
  ])
})

test('a kit of a component that ten thousand kits have is put without a look at each of them', () => {
  const ledger = new Ledger()
  const effects = newEffects()
  for (let i = 0; i < 10_000; i++) ledger.apply(kit(`KIT-${i}`, 1, 'BOX'), newEffects(), HEARD_AT)
  ledger.apply(kit('KIT-0', 2, 'BOX', 'TEA'), effects, HEARD_AT)
  expect(effects.skus.size).toBe(2)
})
