import * as z from 'zod'
import { Lot, NodeId, Sku, SourceId } from './ids.ts'
import { PositiveQuantity } from './quantity.ts'
import { Tier } from './tier.ts'
import { UomFactor } from './uom.ts'

const Uom = z.string().min(1).max(16)
const Code = z.string().min(1).max(128)

export const Item = z.strictObject({
  name: z.string().max(256).optional(),
  baseUom: Uom.default('EA'),
  decimals: z.number().int().min(0).max(6).default(0),
  uoms: z.record(Uom, UomFactor).optional(),
  gtin: z.string().max(14).optional(),
  kit: z
    .array(z.strictObject({ sku: Sku, quantity: PositiveQuantity }))
    .max(100)
    .optional(),
  substitutes: z.array(Sku).max(50).optional(),
  /** What one base unit is worth, in minor units of the company's currency. */
  value: z.number().int().min(0).optional(),
  tier: Tier.optional(),
})
export type Item = z.infer<typeof Item>

export const Node = z.strictObject({
  name: z.string().max(256).optional(),
  gln: z.string().max(13).optional(),
  /** The default owner of the node's physical states. */
  source: SourceId.optional(),
  zone: z.string().max(64).optional(),
  sells: z.boolean().default(true),
})
export type Node = z.infer<typeof Node>

export const SourceRole = z.enum(['erp', 'wms', '3pl', 'channel', 'edi', 'hub'])
export type SourceRole = z.infer<typeof SourceRole>

/** What a connector needs to know of one partner. Each connector documents the fields it reads. */
export const SourceProfile = z.strictObject({
  /** The inventory state that a foreign quantity qualifier means, e.g. X12 846 `{"33":"onHand"}`, Shopify `{"available":"ignore"}`; `ignore` drops it. */
  quantityStates: z
    .record(z.string().max(32), z.enum(['onHand', 'damaged', 'quarantined', 'ignore']))
    .optional(),
  /** Which id qualifiers name the item, first wins, e.g. `["VN","UP"]`. */
  itemQualifiers: z.array(z.string().max(8)).max(20).optional(),
  /** For partners that shift the W12 elements: how many places right of the standard. */
  w12Shift: z.number().int().min(0).max(3).optional(),
  /** The channel that demand in this source's documents belongs to. */
  channel: z.string().max(64).optional(),
  /** By what a shop's orders are named: its own id, or the name that people and other systems see (`#1001`). */
  orderNumber: z.enum(['id', 'name']).optional(),
  /** What a shop's own order statuses mean, e.g. `{"awaiting-shipment":"demand"}`; `none` is no demand yet. */
  orderStatuses: z.record(z.string().max(64), z.enum(['demand', 'none', 'sent', 'cancelled'])).optional(),
  /**
   * How the source proves that it knows its secret, where a vendor lets one choose (Walmart): the HMAC-SHA256 of the raw body, or a
   * user's name and the secret as its password, in the header that was chosen.
   */
  signature: z
    .strictObject({
      by: z.enum(['hmac', 'basic']),
      header: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'the name of a header'),
      user: z.string().min(1).max(128).optional(),
    })
    .refine(({ by, user }) => (by === 'basic') === (user !== undefined), {
      path: ['user'],
      message: 'goes with basic, and only with that',
    })
    .optional(),
})
export type SourceProfile = z.infer<typeof SourceProfile>

/** The formats that messages come in. */
export const ConnectorName = z.enum([
  'cloudevents',
  'tryton',
  'epcis',
  'shopify',
  'woocommerce',
  'amazon',
  'walmart',
  'x12',
])
export type ConnectorName = z.infer<typeof ConnectorName>

export const Source = z.strictObject({
  role: SourceRole,
  nodes: z.array(NodeId).max(1000).optional(),
  connector: ConnectorName.optional(),
  profile: SourceProfile.optional(),
  /** Where stock is, when a message names no place. */
  defaultNode: NodeId.optional(),
})
export type Source = z.infer<typeof Source>

/**
 * A source as it is put. The secret (HMAC-SHA256 over the raw body) is kept beside the ledger: a fact travels to the
 * centre and is kept for ever, a secret must do neither.
 */
export const SourceInput = Source.extend({ secret: z.string().min(16).max(256).optional() })

const CodeMap = <T extends z.ZodType<string>>(ours: T) => z.record(Code, ours)

export const Mapping = z.strictObject({
  skus: CodeMap(Sku).optional(),
  nodes: CodeMap(NodeId).optional(),
  uoms: CodeMap(Uom).optional(),
  lots: CodeMap(Lot).optional(),
})
export type Mapping = z.infer<typeof Mapping>
