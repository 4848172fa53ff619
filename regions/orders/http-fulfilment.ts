import * as z from 'zod'
import { ok } from '../../shared/kernel/result.ts'
import type { FulfilmentPort } from './fulfilment.ts'
import { callKey, callSystem, type HttpSystemConfig } from './http-answer.ts'

const Requested = z.object({ reference: z.string().min(1).max(128) })
const CalledOff = z.looseObject({})

/** A warehouse or 3PL behind a small HTTP contract of ours: POST fulfilments, fulfilments/change, fulfilments/call-off. */
export const httpFulfilment = (config: Pick<HttpSystemConfig, 'url' | 'secret'>): FulfilmentPort => ({
  request: (order) => callSystem(config, 'fulfilments', callKey(order), order, Requested),
  change: (order) => callSystem(config, 'fulfilments/change', callKey(order, 'change'), order, Requested),
  callOff: async (key) => {
    const answer = await callSystem(config, 'fulfilments/call-off', callKey(key, 'call-off'), key, CalledOff)
    if (answer.ok || answer.error.code === 'unknown-order') return ok(null)
    return answer
  },
})
