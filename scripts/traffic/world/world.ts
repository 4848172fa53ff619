import * as z from 'zod'

/**
 * What has physically happened, which no system of the demo knows whole: each tells a part of it, by its own clock.
 * Plain data, so that it is kept in one JSON file between runs.
 */

const Count = z.number().int().min(0)

/** What truly lies there. `onHand` holds all of it: the damaged, the quarantined and what stands picked on the dock. */
export const Stock = z.object({ onHand: Count, damaged: Count, quarantined: Count, picked: Count })
export type Stock = z.infer<typeof Stock>

const OrderLine = z.object({ line: z.string(), sku: z.string(), quantity: Count, node: z.string() })

export const Order = z.object({
  orderRef: z.string(),
  channel: z.string(),
  segment: z.string().optional(),
  /** Who tells of it: the shop's feed or the ERP. */
  teller: z.string(),
  lines: z.array(OrderLine),
  stage: z.enum(['accepted', 'picked']),
  fate: z.enum(['ship', 'change', 'cancel']),
  /** When its next step is due. */
  nextAt: z.number(),
  waits: Count,
})
export type Order = z.infer<typeof Order>

const Purchase = z.object({
  ref: z.string(),
  sku: z.string(),
  node: z.string(),
  quantity: Count,
  arrivesAt: z.number(),
})
export type Purchase = z.infer<typeof Purchase>

const Transfer = z.object({
  transfer: z.string(),
  sku: z.string(),
  quantity: Count,
  from: z.string(),
  to: z.string(),
  toRegion: z.string(),
  arrivesAt: z.number(),
})

/** Something that happened, as the one who will tell of it puts it (types and data as in shared/contract/events.ts). */
export const Happening = z.object({
  teller: z.string(),
  at: z.number(),
  type: z.string(),
  sku: z.string().optional(),
  key: z.string(),
  data: z.record(z.string(), z.unknown()),
})
export type Happening = z.infer<typeof Happening>

/** What travels to a region: a batch of events, or a file. */
export const Message = z.object({
  region: z.string(),
  source: z.string(),
  via: z.enum(['nats', 'inbound', 'events']),
  contentType: z.string(),
  body: z.string(),
  events: Count,
  sendAt: z.number(),
})
export type Message = z.infer<typeof Message>

/** How far a system has come with telling. */
export const Telling = z.object({
  /** Numbers its messages and documents, over all runs. */
  serial: Count,
  /** Its own counter of stock movements. */
  sequence: Count,
  untold: z.array(Happening),
  nextAt: z.number(),
})
export type Telling = z.infer<typeof Telling>

export const RegionWorld = z.object({
  region: z.string(),
  /** By node and sku. */
  stock: z.record(z.string(), z.record(z.string(), Stock)),
  orders: z.array(Order),
  purchases: z.array(Purchase),
  telling: z.record(z.string(), Telling),
  /** The ERP's count under way: taken, not yet told. */
  erpCount: z.object({ nextAt: z.number(), from: Count }),
  nextDepotCountAt: z.number(),
  outbox: z.array(Message),
  /** Master data and policies have been put. */
  isSeeded: z.boolean(),
})
export type RegionWorld = z.infer<typeof RegionWorld>

export const World = z.object({
  format: z.literal(1),
  seed: z.string(),
  /** Grows with each start of the generator. */
  run: Count,
  tick: Count,
  at: z.number(),
  /** Numbers orders, purchases, transfers and adjustments, over all runs. */
  serial: Count,
  regions: z.record(z.string(), RegionWorld),
  transfers: z.array(Transfer),
})
export type World = z.infer<typeof World>

export const newWorld = (seed: string): World => ({
  format: 1,
  seed,
  run: 0,
  tick: 0,
  at: 0,
  serial: 0,
  regions: {},
  transfers: [],
})

export const nextSerial = (world: World): number => ++world.serial

export const stockAt = (region: RegionWorld, node: string, sku: string): Stock => region.stock[node]![sku]!

/** What can still be taken off the shelf. */
export const freeOf = (stock: Stock): number =>
  stock.onHand - stock.damaged - stock.quarantined - stock.picked
