import * as z from 'zod'
import { DemandClass, SourceId } from './ids.ts'
import { Quantity } from './quantity.ts'
import { Tier } from './tier.ts'

const Percent = z.number().int().min(0).max(100)

/** A share of the gross sellable stock: so many units, or so many percent of it. */
const Share = z.union([z.strictObject({ quantity: Quantity }), z.strictObject({ percent: Percent })])
type Share = z.infer<typeof Share>

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

export const DepletionMode = z.enum(['reservation', 'pick', 'shipment'])
export type DepletionMode = z.infer<typeof DepletionMode>

const signed = { author: z.string().min(1).max(128), reason: z.string().min(1).max(512) }

export const PolicyBodies = {
  depletion: z.strictObject({ mode: DepletionMode, ...signed }),
  safetyStock: z.union([
    z.strictObject({ quantity: Quantity, ...signed }),
    z.strictObject({ percent: Percent, ...signed }),
  ]),
  allocation: z.strictObject({ rules: z.array(AllocationRule).max(64), ...signed }),
  atp: z.strictObject({
    horizonDays: z.number().int().min(1).max(366),
    receiptConfidencePercent: Percent,
    ...signed,
  }),
  tier: z.strictObject({ tier: Tier, ...signed }),
  tierSettings: z.strictObject({
    windowMs: z.number().int().min(10).max(3_600_000),
    freshForMs: z.number().int().min(100).max(86_400_000),
    ...signed,
  }),
  ownership: z.strictObject({
    onHand: SourceId.optional(),
    damaged: SourceId.optional(),
    quarantined: SourceId.optional(),
    picked: SourceId.optional(),
    ...signed,
  }),
} as const
export type PolicyKind = keyof typeof PolicyBodies
export type PolicyBody<K extends PolicyKind> = z.infer<(typeof PolicyBodies)[K]>

export const PolicyKinds = Object.keys(PolicyBodies) as PolicyKind[]

const SCOPE_PART = /^(sku|node|channel|tier|source):[\x21-\x2b\x2d-\x7e]{1,64}$/

/** `*`, or parts such as `node:ber1,tier:A`; the policy with the most parts that all match wins. */
export const PolicyScope = z
  .string()
  .max(256)
  .refine(
    (text) => text === '*' || text.split(',').every((part) => SCOPE_PART.test(part)),
    'a scope is * or sku:X, node:N, channel:C, tier:A, source:S joined by commas',
  )

/** `tier:A,node:x` and `node:x,tier:A` are one scope; this is how it is written down. */
export const tidyScope = (scope: string): string =>
  scope.includes(',') ? scope.split(',').sort().join(',') : scope

/** A policy as it travels: the kind and scope beside its body. */
export const Policy = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('depletion'), scope: PolicyScope, body: PolicyBodies.depletion }),
  z.strictObject({ kind: z.literal('safetyStock'), scope: PolicyScope, body: PolicyBodies.safetyStock }),
  z.strictObject({ kind: z.literal('allocation'), scope: PolicyScope, body: PolicyBodies.allocation }),
  z.strictObject({ kind: z.literal('atp'), scope: PolicyScope, body: PolicyBodies.atp }),
  z.strictObject({ kind: z.literal('tier'), scope: PolicyScope, body: PolicyBodies.tier }),
  z.strictObject({ kind: z.literal('tierSettings'), scope: PolicyScope, body: PolicyBodies.tierSettings }),
  z.strictObject({ kind: z.literal('ownership'), scope: PolicyScope, body: PolicyBodies.ownership }),
])
export type Policy = z.infer<typeof Policy>

/** What a question is about: the parts a scope may name. */
export type Subject = Partial<Record<'sku' | 'node' | 'channel' | 'tier' | 'source', string>>

const WEIGHT: Record<string, number> = { sku: 16, node: 8, channel: 4, source: 2, tier: 1 }

/** How specific a scope is for a subject; -1 when it doesn't apply. sku > node > channel > source > tier > `*`. */
export function specificity(scope: string, subject: Subject): number {
  if (scope === '*') return 0
  let weight = 0
  for (const part of scope.split(',')) {
    const colon = part.indexOf(':')
    const kind = part.slice(0, colon) as keyof Subject
    if (subject[kind] !== part.slice(colon + 1)) return -1
    weight += WEIGHT[kind]!
  }
  return weight
}
