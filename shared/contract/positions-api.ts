import * as z from 'zod'
import { NodeId, Sku, SourceId } from '../domain/ids.ts'
import { Freshness } from './availability-api.ts'
import { Timestamp } from './envelope.ts'

export const PositionStates = {
  onHand: z.number().int(),
  damaged: z.number().int(),
  quarantined: z.number().int(),
  inTransit: z.number().int(),
  reserved: z.number().int(),
  allocated: z.number().int(),
  picked: z.number().int(),
  availableToSell: z.number().int(),
}

export const LotPosition = z.object({
  lot: z.string(),
  onHand: z.number().int(),
  damaged: z.number().int(),
  quarantined: z.number().int(),
})

/** What a source says of a state that it does not own. */
export const Observation = z.object({
  source: SourceId,
  lot: z.string().optional(),
  state: z.enum(['onHand', 'damaged', 'quarantined']),
  quantity: z.number().int(),
  asOf: Timestamp,
})

export const PositionsAnswer = z.object({
  sku: Sku,
  nodes: z.array(
    z.object({
      node: NodeId,
      lots: z.array(LotPosition).optional(),
      ...PositionStates,
      asOf: Timestamp.nullable(),
      freshness: Freshness,
      observations: z.array(Observation).optional(),
    }),
  ),
  totals: z.object(PositionStates),
})
export type PositionsAnswer = z.infer<typeof PositionsAnswer>
