import { checkDigit } from '../../../shared/domain/gtin.ts'
import type { Tier } from '../../../shared/domain/tier.ts'
import { seededRandom } from '../../../shared/kernel/random.ts'

export type CatalogueItem = {
  readonly sku: string
  readonly name: string
  readonly gtin: string
  readonly tier: Tier
  /** Units in a CASE; 0 when it is handled by the piece alone. */
  readonly perCase: number
  /** Cents. */
  readonly value: number
  /** Below it, more is ordered. */
  readonly reorderBelow: number
}

const ITEMS = 120
const FIRST_NUMBER = 1001

const MAKES = [
  'Oak',
  'Steel',
  'Linen',
  'Copper',
  'Cork',
  'Glass',
  'Wool',
  'Slate',
  'Brass',
  'Birch',
  'Clay',
  'Felt',
]
const THINGS = ['bowl', 'lamp', 'tray', 'chair', 'kettle', 'basket', 'rug', 'mug', 'shelf', 'vase']

/** The same hundred and twenty items for a seed, in every region: two words each, valid GTIN-13s, mixed tiers. */
export function catalogueOf(seed: string): readonly CatalogueItem[] {
  const chance = seededRandom(seed).fork('catalogue')
  return Array.from({ length: ITEMS }, (_, i) => {
    const digits = `4006381${String(10_000 + i * 7)}`
    const tier: Tier = i % 10 === 0 ? 'A' : i % 10 < 6 ? 'B' : 'C'
    return {
      sku: `PL-${FIRST_NUMBER + i}`,
      name: `${MAKES[Math.floor(i / THINGS.length)]!} ${THINGS[i % THINGS.length]!}`,
      gtin: digits + checkDigit(digits),
      tier,
      perCase: i % 3 === 0 ? 12 : 0,
      value: chance.int(500, 25_000),
      reorderBelow: tier === 'A' ? 60 : tier === 'B' ? 40 : 15,
    }
  })
}

/** Codes that the depot uses for our items; they have to be mapped. */
export const depotCodeOf = (sku: string): string => `D${sku.slice('PL-'.length)}`
