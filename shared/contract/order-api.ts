import * as z from 'zod'
import { Channel, LineId, NodeId, OrderRef, Segment, Sku } from '../domain/ids.ts'
import { Quantity } from '../domain/quantity.ts'
import { Timestamp } from './envelope.ts'
import { FulfilmentStep } from './events.ts'
import { ReservationLine, uniqueLines } from './reservation-api.ts'

const LINES_MAX = 200

/** `POST /v1/orders`: what its reservation holds is confirmed, or what it needs is held now, all or nothing. */
export const OrderRequest = z
  .strictObject({
    orderRef: OrderRef,
    channel: Channel,
    segment: Segment.optional(),
    lines: z.array(ReservationLine).min(1).max(LINES_MAX),
    /** The zone goods go to, for sourcing by nearness. */
    toZone: z.string().min(1).max(64).optional(),
  })
  .superRefine(uniqueLines)
export type OrderRequest = z.infer<typeof OrderRequest>

export const OrderStatus = z.enum(['open', 'waiting-for-stock', 'stuck', 'shipped', 'cancelled'])
export type OrderStatus = z.infer<typeof OrderStatus>

export const OrderAnswer = z.object({
  orderRef: OrderRef,
  channel: Channel.optional(),
  segment: Segment.optional(),
  status: OrderStatus,
  reservationId: z.string().optional(),
  /** Quantities in the item's base unit. */
  lines: z.array(
    z.object({
      line: LineId,
      sku: Sku,
      quantity: Quantity,
      picked: Quantity,
      shipped: Quantity,
      cancelled: Quantity,
      /** Which nodes serve it, and how much of it none does. */
      nodes: z.array(z.object({ node: NodeId, quantity: Quantity })),
      unassigned: Quantity,
    }),
  ),
  /** What each node's systems have been told, and what is next. */
  parts: z.array(
    z.object({
      node: NodeId,
      steps: z.array(
        z.object({
          step: FulfilmentStep,
          at: Timestamp,
          system: z.string(),
          number: z.string().optional(),
          detail: z.string().optional(),
        }),
      ),
      next: z
        .object({
          task: z.string(),
          system: z.string(),
          attempts: z.number().int(),
          error: z.string().nullable(),
        })
        .nullable(),
    }),
  ),
})
export type OrderAnswer = z.infer<typeof OrderAnswer>

export const SystemAnswer = z.object({
  system: z.string(),
  state: z.enum(['open', 'throttled', 'down']),
  waiting: z.number().int(),
  running: z.number().int(),
  stuck: z.number().int(),
  oldestMs: z.number().int(),
  waitsUntil: Timestamp.nullable(),
})
