import * as z from 'zod'
import { Channel, LineId, Lot, NodeId, OrderRef, Segment, Sku, SourceId } from '../domain/ids.ts'
import { Item, Mapping, Node, Source } from '../domain/master-data.ts'
import { Policy } from '../domain/policy.ts'
import { PositiveQuantity, Quantity, SignedQuantity } from '../domain/quantity.ts'
import { LeaderElected } from './decisions.ts'
import { CorrectableState } from './correction-api.ts'
import { Envelope, SkuSubject, Timestamp } from './envelope.ts'

/** In which state goods arrive, or come back. */
export const Disposition = z.enum(['sellable', 'damaged', 'quarantined'])
export type Disposition = z.infer<typeof Disposition>

const Uom = z.string().min(1).max(16)
const At = { sku: Sku.optional(), node: NodeId, lot: Lot.optional(), uom: Uom.optional() }
const Ref = z.string().min(1).max(128)

const stock = <T extends string, D extends z.ZodRawShape>(type: T, data: D) =>
  SkuSubject.extend({ type: z.literal(type), data: z.looseObject({ ...At, ...data }) })

const StockReceived = stock('plimsoll.stock.received', {
  quantity: PositiveQuantity,
  disposition: Disposition.optional(),
  ref: Ref.optional(),
})
const StockPicked = stock('plimsoll.stock.picked', {
  quantity: PositiveQuantity,
  orderRef: OrderRef,
  line: LineId,
})
const StockShipped = stock('plimsoll.stock.shipped', {
  quantity: PositiveQuantity,
  orderRef: OrderRef.optional(),
  line: LineId.optional(),
  shipment: Ref.optional(),
})
const StockReturned = stock('plimsoll.stock.returned', {
  quantity: PositiveQuantity,
  disposition: Disposition,
  ref: Ref.optional(),
})
const StockAdjusted = stock('plimsoll.stock.adjusted', {
  quantity: SignedQuantity,
  reason: z.string().max(256).optional(),
})
const StockMoved = stock('plimsoll.stock.moved', {
  quantity: PositiveQuantity,
  from: Disposition,
  to: Disposition,
})
const StockCounted = stock('plimsoll.stock.counted', {
  states: z.object({
    onHand: Quantity.optional(),
    damaged: Quantity.optional(),
    quarantined: Quantity.optional(),
  }),
  asOf: Timestamp,
})

const transferEnds = {
  transfer: Ref,
  from: NodeId.optional(),
  to: NodeId,
  quantity: PositiveQuantity,
  sku: Sku.optional(),
  lot: Lot.optional(),
  uom: Uom.optional(),
  /** When what was shipped is due at the other end; without it no later day is promised of it. */
  expectedAt: Timestamp.optional(),
}
const TransferShipped = SkuSubject.extend({
  type: z.literal('plimsoll.transfer.shipped'),
  data: z.looseObject(transferEnds),
})
const TransferReceived = SkuSubject.extend({
  type: z.literal('plimsoll.transfer.received'),
  data: z.looseObject(transferEnds),
})

const ReceiptExpected = stock('plimsoll.receipt.expected', {
  ref: Ref,
  quantity: Quantity,
  expectedAt: Timestamp,
})

const OrderLine = z.looseObject({
  line: LineId,
  sku: Sku,
  quantity: Quantity,
  uom: Uom.optional(),
  node: NodeId.optional(),
  dueAt: Timestamp.optional(),
})
const order = <T extends string>(type: T) =>
  Envelope.extend({
    type: z.literal(type),
    data: z.looseObject({
      orderRef: OrderRef,
      channel: Channel,
      segment: Segment.optional(),
      lines: z.array(OrderLine).min(1).max(1000),
      /** It names every line that is wanted: what its source told of before and doesn't name here is wanted no more. */
      isWhole: z.boolean().optional(),
      /** The order is called off, until its source opens it again: nothing of it is wanted, whoever told of it. */
      mayReopen: z.boolean().optional(),
    }),
  })
const OrderAccepted = order('plimsoll.order.accepted')
const OrderChanged = order('plimsoll.order.changed')
/** Without lines the whole order is cancelled; a line without a quantity is cancelled whole. */
const OrderCancelled = Envelope.extend({
  type: z.literal('plimsoll.order.cancelled'),
  data: z.looseObject({
    orderRef: OrderRef,
    channel: Channel.optional(),
    segment: Segment.optional(),
    /** Its source may want it again later. A cancellation is for good otherwise. */
    mayReopen: z.boolean().optional(),
    lines: z
      .array(OrderLine.partial({ quantity: true }))
      .max(1000)
      .optional(),
  }),
})

const ItemUpserted = SkuSubject.extend({ type: z.literal('plimsoll.item.upserted'), data: Item })
const NodeUpserted = Envelope.extend({
  type: z.literal('plimsoll.node.upserted'),
  subject: NodeId,
  data: Node,
})
const SourceUpserted = Envelope.extend({
  type: z.literal('plimsoll.source.upserted'),
  subject: SourceId,
  data: Source,
})
const MappingUpserted = Envelope.extend({
  type: z.literal('plimsoll.mapping.upserted'),
  subject: SourceId,
  data: Mapping,
})
/** `subject` is `kind/scope`, e.g. `safetyStock/node:ber1`. */
const PolicyActivated = Envelope.extend({
  type: z.literal('plimsoll.policy.activated'),
  subject: z.string(),
  data: Policy,
})

/** By what the same request is recognised, and its content: both digests, hex. */
const RequestKey = z.object({ key: z.string(), digest: z.string() })

/** The hub's own decisions about holds. The lines travel with the first; the rest name the reservation. */
const ReservationMade = Envelope.extend({
  type: z.literal('plimsoll.reservation.made'),
  data: z.looseObject({
    reservation: Ref,
    orderRef: OrderRef,
    channel: Channel,
    segment: Segment.optional(),
    lines: z.array(OrderLine).min(1).max(1000),
    /** The hold counts while now is before this. */
    expiresAt: Timestamp,
    request: RequestKey.optional(),
  }),
})
/** Not enough: nothing is held. A decision like the others, so that the same request is refused again. */
const ReservationRefused = Envelope.extend({
  type: z.literal('plimsoll.reservation.refused'),
  data: z.looseObject({
    orderRef: OrderRef,
    channel: Channel,
    segment: Segment.optional(),
    code: z.string(),
    lines: z.array(z.looseObject({ line: LineId, sku: Sku, quantity: Quantity, available: Quantity })),
    request: RequestKey.optional(),
  }),
})
const ReservationExtended = Envelope.extend({
  type: z.literal('plimsoll.reservation.extended'),
  data: z.looseObject({ reservation: Ref, orderRef: OrderRef, expiresAt: Timestamp }),
})
const reservationStep = <T extends string>(type: T) =>
  Envelope.extend({
    type: z.literal(type),
    data: z.looseObject({ reservation: Ref, orderRef: OrderRef }),
  })
const ReservationConfirmed = reservationStep('plimsoll.reservation.confirmed')
const ReservationReleased = reservationStep('plimsoll.reservation.released')
const ReservationExpired = reservationStep('plimsoll.reservation.expired')

/** The hub's own decisions on the way of an order: which nodes serve its lines, and what its systems have answered. */
const FulfilmentSourced = Envelope.extend({
  type: z.literal('plimsoll.fulfilment.sourced'),
  data: z.looseObject({
    orderRef: OrderRef,
    lines: z
      .array(
        z.looseObject({
          line: LineId,
          sku: Sku,
          /** In the order in which they serve the line; what they leave over is assigned to no node. */
          nodes: z.array(z.object({ node: NodeId, quantity: PositiveQuantity })).max(100),
        }),
      )
      .min(1)
      .max(1000),
    reason: z.string().max(256).optional(),
  }),
})
export const FulfilmentStep = z.enum(['posted', 'requested', 'settled', 'called-off', 'stuck', 'resumed'])
export type FulfilmentStep = z.infer<typeof FulfilmentStep>
const FulfilmentAdvanced = Envelope.extend({
  type: z.literal('plimsoll.fulfilment.advanced'),
  data: z.looseObject({
    orderRef: OrderRef,
    node: NodeId,
    step: FulfilmentStep,
    system: z.string().max(64),
    /** What the system calls it. */
    number: z.string().max(128).optional(),
    /** What it was told is wanted, where it was told that; and how often that was stated anew before. */
    lines: z
      .array(z.object({ line: LineId, sku: Sku, quantity: PositiveQuantity }))
      .max(1000)
      .optional(),
    revision: z.number().int().min(0).optional(),
    detail: z.string().max(1024).optional(),
  }),
})
/** A node did not find what it was to pick: so much has to come from elsewhere. */
const FulfilmentShort = stock('plimsoll.fulfilment.short', {
  quantity: PositiveQuantity,
  orderRef: OrderRef,
  line: LineId,
})

const Person = z.string().min(1).max(128)
const Because = z.string().min(1).max(512)

/** A person's word on a position, where no system can say it. */
const correction = {
  node: NodeId,
  lot: Lot.optional(),
  state: CorrectableState,
  delta: SignedQuantity,
  author: Person,
  reason: Because,
  /** Up to so many units one person corrects alone. */
  limit: z.object({ units: Quantity, scope: z.string().nullable() }).optional(),
  request: z.object({ key: z.string(), digest: z.string() }).optional(),
}
/** Above the limit of the policy: it waits for a second person, and moves nothing yet. */
const CorrectionProposed = SkuSubject.extend({
  type: z.literal('plimsoll.correction.proposed'),
  data: z.looseObject({ correction: Ref, ...correction }),
})
const CorrectionApplied = SkuSubject.extend({
  type: z.literal('plimsoll.correction.applied'),
  data: z.looseObject({
    correction: Ref.optional(),
    ...correction,
    approver: Person.optional(),
    decidedAt: Timestamp.optional(),
    decisionReason: Because.optional(),
  }),
})
const CorrectionRejected = SkuSubject.extend({
  type: z.literal('plimsoll.correction.rejected'),
  data: z.looseObject({ correction: Ref, author: Person, reason: Because.optional(), decidedAt: Timestamp }),
})

/** A source is alive although nothing changed: "no change" and "no news" are never the same. */
const SourceHeartbeat = Envelope.extend({
  type: z.literal('plimsoll.source.heartbeat'),
  data: z.looseObject({ nodes: z.array(NodeId).optional() }).optional(),
})

export const CanonicalEvent = z.discriminatedUnion('type', [
  StockReceived,
  StockPicked,
  StockShipped,
  StockReturned,
  StockAdjusted,
  StockMoved,
  StockCounted,
  TransferShipped,
  TransferReceived,
  ReceiptExpected,
  OrderAccepted,
  OrderChanged,
  OrderCancelled,
  ItemUpserted,
  NodeUpserted,
  SourceUpserted,
  MappingUpserted,
  PolicyActivated,
  LeaderElected,
  ReservationMade,
  ReservationRefused,
  ReservationExtended,
  ReservationConfirmed,
  ReservationReleased,
  ReservationExpired,
  FulfilmentSourced,
  FulfilmentAdvanced,
  FulfilmentShort,
  CorrectionProposed,
  CorrectionApplied,
  CorrectionRejected,
  SourceHeartbeat,
])
export type CanonicalEvent = z.infer<typeof CanonicalEvent>
export type EventType = CanonicalEvent['type']
export type EventOf<T extends EventType> = Extract<CanonicalEvent, { type: T }>

/**
 * How much a source's word counts, judged once, at the border, by the ownership policy of that moment, and carried in
 * the fact: so folding needs no policy, and its result doesn't depend on the order of facts and policies.
 */
type Standing = 'owner' | 'observer'

/** A canonical event the hub has accepted: known codes, base units, standing judged. This is what FACTS holds. */
export type Fact = CanonicalEvent & {
  standing?: Standing
  /** Of the states it speaks of, those that are another's to say, where it owns the rest. */
  observes?: ('onHand' | 'damaged' | 'quarantined')[]
}
