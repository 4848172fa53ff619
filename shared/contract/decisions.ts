import * as z from 'zod'
import { Envelope } from './envelope.ts'

/**
 * What the ledger itself decided, on `decisions.<region>`: a JSON array a message, each message published with the
 * expected last sequence of the stream. That is the fence: a second writer's publish is refused.
 */
export const LeaderElected = Envelope.extend({
  type: z.literal('plimsoll.leader.elected'),
  data: z.object({ epoch: z.number().int().min(1) }),
})
export type LeaderElected = z.infer<typeof LeaderElected>
