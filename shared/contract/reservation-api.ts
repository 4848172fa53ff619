import * as z from 'zod'
import { Channel, LineId, NodeId, OrderRef, Segment, Sku } from '../domain/ids.ts'
import { HOLD_SECONDS_MAX } from '../domain/policy.ts'
import { PositiveQuantity, Quantity } from '../domain/quantity.ts'
import { Timestamp } from './envelope.ts'

/** A hold ends in a quarter of an hour unless its asker, or the channel's `hold` policy, says otherwise. */
export const TTL_SECONDS_DEFAULT = 900

/** Lines of one order: a page of a catalogue, not a catalogue. */
const LINES_MAX = 200

const Ttl = z.number().int().min(1).max(HOLD_SECONDS_MAX)

export const ReservationLine = z.strictObject({
  line: LineId,
  sku: Sku,
  quantity: PositiveQuantity,
  /** A unit of the item; its base unit where absent. */
  uom: z.string().min(1).max(16).optional(),
  /** Held at this node; anywhere in the region where absent. */
  node: NodeId.optional(),
  /** Due now where absent. */
  dueAt: Timestamp.optional(),
})

/** A line is named once in an order. */
export function uniqueLines(
  { lines }: { readonly lines: readonly { readonly line: string }[] },
  context: z.RefinementCtx,
): void {
  const seen = new Set<string>()
  lines.forEach(({ line }, i) => {
    if (seen.has(line))
      context.addIssue({ code: 'custom', path: ['lines', i, 'line'], message: `line ${line} stands twice` })
    seen.add(line)
  })
}

const Reserve = z.strictObject({
  orderRef: OrderRef,
  channel: Channel,
  segment: Segment.optional(),
  lines: z.array(ReservationLine).min(1).max(LINES_MAX),
  ttlSeconds: Ttl.optional(),
  partial: z.boolean().optional(),
})

/** `POST /v1/reservations`: all lines are held or, without `partial`, none. */
export const ReserveRequest = Reserve.superRefine(uniqueLines)
export type ReserveRequest = z.infer<typeof ReserveRequest>

/** The same at the edge, where the channel is the key's. */
export const EdgeReserveRequest = Reserve.partial({ channel: true })

/**
 * On what the edge passes to a region: for whom it asks. The region then shows and steps that channel's reservations
 * alone; another's is not there. Without it (an operator, the region's own systems) there is no such limit.
 */
export const CHANNEL_HEADER = 'plimsoll-channel'

export const ExtendRequest = z.strictObject({ ttlSeconds: Ttl })

export const ReservationStatus = z.enum(['held', 'confirmed', 'released', 'expired', 'fulfilled'])
export type ReservationStatus = z.infer<typeof ReservationStatus>

const HeldLine = z.object({
  line: LineId,
  sku: Sku,
  /** In the item's base unit. */
  quantity: Quantity,
  reserved: Quantity,
  node: NodeId.optional(),
})

export const ReservationAnswer = z.object({
  reservationId: z.string(),
  orderRef: OrderRef,
  channel: Channel.optional(),
  segment: Segment.optional(),
  status: ReservationStatus,
  /** Null once it has no end: confirmed, or over. */
  expiresAt: Timestamp.nullable(),
  lines: z.array(HeldLine),
})
export type ReservationAnswer = z.infer<typeof ReservationAnswer>

/** With 409 `insufficient-availability`: every line that is short. Quantities in the item's base unit. */
export const ShortLine = z.object({ line: LineId, sku: Sku, quantity: Quantity, available: Quantity })
export type ShortLine = z.infer<typeof ShortLine>
