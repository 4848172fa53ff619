import * as z from 'zod'
import { type Instant, parseInstant } from '../../../shared/kernel/clock.ts'
import type { Reading } from '../market/reading.ts'

/** What every notification of the SP-API carries around its payload. */
export const Notification = z.object({
  NotificationType: z.string().nullish(),
  EventTime: z.string().nullish(),
  Payload: z.unknown().optional(),
  NotificationMetadata: z
    .object({ NotificationId: z.string().min(1).max(128).optional(), PublishTime: z.string().nullish() })
    .nullish(),
})
export type Notification = z.infer<typeof Notification>

/** When it happened, else when it was published, else when it came. Null where what it says is no time. */
export function notifiedAt(
  { EventTime, NotificationMetadata }: Notification,
  { message }: Reading,
): Instant | null {
  const stated = EventTime ?? NotificationMetadata?.PublishTime
  return stated === null || stated === undefined ? message.receivedAt : parseInstant(stated)
}
