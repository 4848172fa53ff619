import type { Instant } from '../../shared/kernel/clock.ts'
import type { StepTaken } from '../ledger/core/flow-book.ts'
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

/** The same of one of which only the decision is known. */
export function toldStuck(
  orderRef: string,
  node: string,
  { at, system, detail = '' }: StepTaken,
): DeadLetter {
  const [, code = 'rejected', said = detail] = /^([a-z-]{1,32}): (.*)$/s.exec(detail) ?? []
  const body = new TextEncoder().encode(JSON.stringify({ orderRef, node, system }))
  return {
    stage: 'order',
    message: { source: HUB_SOURCE, body, contentType: 'application/json', headers: {}, receivedAt: at },
    refusals: [
      { class: 'out-of-policy', code, detail: `${system} would not take ${orderRef} at ${node}: ${said}` },
    ],
    correlationId: orderRef,
  }
}

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
