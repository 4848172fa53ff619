import * as z from 'zod'
import { ok } from '../../shared/kernel/result.ts'
import type { FulfilmentPort } from './fulfilment.ts'
import { callSystem, type HttpSystemConfig } from './http-answer.ts'

const Requested = z.object({ reference: z.string().min(1).max(128) })
const CalledOff = z.looseObject({})

/** A warehouse or 3PL behind a small HTTP contract of ours: POST fulfilments, fulfilments/call-off. */
export const httpFulfilment = (config: Pick<HttpSystemConfig, 'url' | 'secret'>): FulfilmentPort => ({
  request: (order) => callSystem(config, 'fulfilments', `${order.orderRef}/${order.node}`, order, Requested),
  callOff: async (key) => {
    const path = 'fulfilments/call-off'
    const answer = await callSystem(config, path, `${key.orderRef}/${key.node}/call-off`, key, CalledOff)
    if (answer.ok || answer.error.code === 'unknown-order') return ok(null)
    return answer
  },
})
