import { TIER_DEFAULT, type Tier } from '../../../shared/domain/tier.ts'
import { tierByRule } from '../../../shared/domain/tier-rule.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Books } from './books.ts'

/**
 * The tier of an item: what a policy says of it, else what a rule finds in its velocity and cover, else what its master
 * data says.
 */
export function tierOf(books: Books, sku: number, now: Instant): Tier {
  const name = books.skus.textOf(sku)
  const said = books.master.policy('tier', { sku: name })
  if (said) return said.tier
  const rule = books.master.policy('tierRule', { sku: name })
  const byRule =
    rule &&
    tierByRule(rule, {
      shipped: books.velocity.shipped(sku, rule.velocityDays, now),
      sellable: sellableOf(books, sku),
    })
  return byRule ?? books.master.itemAt(sku)?.tier ?? TIER_DEFAULT
}

function sellableOf({ positions, nodes, master }: Books, sku: number): number {
  let sum = 0
  for (let slot = positions.firstOf(sku); slot >= 0; slot = positions.nextOf(slot)) {
    if (master.node(nodes.textOf(positions.nodeOf(slot)))?.sells !== true) continue
    sum +=
      positions.value(slot, 'onHand') -
      positions.value(slot, 'damaged') -
      positions.value(slot, 'quarantined')
  }
  return sum
}
