import * as z from 'zod'
import { DemandClass } from './ids.ts'
import { Percent, Quantity } from './quantity.ts'

/** A share of the gross sellable stock: so many units, or so many percent of it. */
const Share = z.union([z.strictObject({ quantity: Quantity }), z.strictObject({ percent: Percent })])

export const AllocationRule = z.strictObject({
  class: DemandClass,
  /** Lower comes first when fences compete for what there is. */
  priority: z.number().int().min(0).max(1000).optional(),
  ringFence: Share.optional(),
  cap: Quantity.optional(),
  buffer: Quantity.optional(),
  minPublish: Quantity.optional(),
})
export type AllocationRule = z.infer<typeof AllocationRule>

type Contradiction = { readonly path: (string | number)[]; readonly message: string }

/** Rules that can't be meant together: two for one class, fences over the whole, a class that could never sell. */
export function contradictionsIn(rules: readonly AllocationRule[]): Contradiction[] {
  const found: Contradiction[] = []
  const seen = new Set<string>()
  let percent = 0
  rules.forEach((rule, i) => {
    if (seen.has(rule.class))
      found.push({ path: [i, 'class'], message: `a second rule for ${rule.class}: which one is meant?` })
    seen.add(rule.class)
    if (rule.ringFence && 'percent' in rule.ringFence) {
      percent += rule.ringFence.percent
      if (percent > 100)
        found.push({
          path: [i, 'ringFence', 'percent'],
          message: `the fences come to ${percent} percent of the stock`,
        })
    }
    if (
      rule.cap !== undefined &&
      rule.ringFence &&
      'quantity' in rule.ringFence &&
      rule.ringFence.quantity > rule.cap
    )
      found.push({
        path: [i, 'ringFence', 'quantity'],
        message: `keeps what nobody may sell: the fence is ${rule.ringFence.quantity}, the cap ${rule.cap}`,
      })
    if (rule.cap !== undefined && rule.minPublish !== undefined && rule.minPublish > rule.cap)
      found.push({
        path: [i, 'minPublish'],
        message: `never publishes: minPublish ${rule.minPublish} is over the cap ${rule.cap}`,
      })
  })
  return found
}
