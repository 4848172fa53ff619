import type { RegionAvailabilityAnswer } from '../../shared/contract/availability-api.ts'
import type { Sku } from '../../shared/domain/ids.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { figureOf } from '../../shared/snapshot/figure.ts'
import { truthOf } from '../ledger/core/figure-truth.ts'
import { figuresOf } from '../ledger/core/figures.ts'
import { promiseOf } from '../ledger/core/promise-of.ts'
import { snapshotRowOf } from '../ledger/core/snapshot-row.ts'
import type { Ask, View, Wish } from './availability-view.ts'
import { explanationOf } from './explanation.ts'

/** The region's own answer: from the ledger itself, so it is of this moment. Null for a sku that is no item here. */
export function answerOf(
  view: View,
  sku: string,
  ask: Ask,
  wish: Wish = {},
): RegionAvailabilityAnswer | null {
  const { region, books, version, now, rules } = view
  const index = books.skus.find(sku)
  const item = books.master.itemAt(index)
  if (!item) return null
  const figures = figuresOf(books, index, now)
  const availableToSell = figureOf(snapshotRowOf(figures), rules, ask)
  const isOffered =
    (item.substitutes?.length ?? 0) > 0 && (availableToSell === 0 || wish.substitutes === true)
  return {
    sku: figures.sku as Sku,
    region,
    ...ask,
    availableToSell,
    availableToPromise: promiseOf(books, figures, rules, ask, now),
    tier: figures.tier,
    version,
    asOf: formatInstant(now),
    age: 0,
    ...truthOf(figures, ask),
    ...(rules.policies === undefined ? {} : { policies: rules.policies }),
    ...(isOffered ? { substitutes: substitutesOf(view, item.substitutes!, ask) } : {}),
    ...(wish.explain ? { explain: explanationOf(view, figures, ask) } : {}),
  }
}

type Substitutes = NonNullable<RegionAvailabilityAnswer['substitutes']>

/** Those that are items here, each with its own figure: they are offered beside, never added up. */
function substitutesOf({ books, now, rules }: View, skus: readonly string[], ask: Ask): Substitutes {
  return skus
    .map((sku) => books.skus.find(sku))
    .filter((index) => books.master.itemAt(index) !== undefined)
    .map((index) => {
      const row = snapshotRowOf(figuresOf(books, index, now))
      return { sku: row.sku as Sku, availableToSell: figureOf(row, rules, ask) }
    })
}
