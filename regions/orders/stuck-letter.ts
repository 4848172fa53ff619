import type { Instant } from '../../shared/kernel/clock.ts'
import type { DeadLetter } from '../inbox/exception-book.ts'
import { HUB_SOURCE } from '../inbox/own-sources.ts'
import type { FlowTask } from './core/flow-tasks.ts'
import type { ErpRefusal } from './erp.ts'

const PREFIX = 'order-'

/** One exception for each part of an order that a system would not take. */
export const stuckId = (orderRef: string, node: string): string => `${PREFIX}${node}-${orderRef}`

/** The order that such an exception is about; null for any other. */
export const orderOfStuck = (id: string): string | null =>
  id.startsWith(PREFIX) ? id.slice(id.indexOf('-', PREFIX.length) + 1) : null

/** What a system would not take, as an exception: a replay takes the order up again. */
export const stuckLetter = (task: FlowTask, refusal: ErpRefusal, now: Instant): DeadLetter => ({
  stage: 'order',
  message: {
    source: HUB_SOURCE,
    body: new TextEncoder().encode(JSON.stringify(task)),
    contentType: 'application/json',
    headers: {},
    receivedAt: now,
  },
  refusals: [
    {
      class: 'out-of-policy',
      code: refusal.code,
      detail: `${task.system} would not ${task.kind} ${task.orderRef} at ${task.node}: ${refusal.detail}`,
    },
  ],
  correlationId: task.orderRef,
})
