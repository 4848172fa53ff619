import * as z from 'zod'
import { ok } from '../../shared/kernel/result.ts'
import type { ErpPort } from './erp.ts'
import { callKey, callSystem, type HttpSystemConfig } from './http-answer.ts'

const Line = z.object({ line: z.string(), sku: z.string() })
const Posted = z.object({
  erpNumber: z.string().min(1).max(128),
  isNew: z.boolean().default(true),
  warnings: z.array(z.string()).default([]),
})
const Assigned = z.object({
  status: z.enum(['assigned', 'partial', 'none']),
  lines: z.array(Line.extend({ ordered: z.number().int(), assigned: z.number().int() })),
})
const Cancelled = z.object({ erpNumber: z.string(), wasCancelledBefore: z.boolean().default(false) })
const State = z.object({
  erpNumber: z.string(),
  status: z.enum(['open', 'picked', 'shipped', 'cancelled']),
  shipped: z.array(Line.extend({ quantity: z.number().int() })).default([]),
})

/** An ERP behind a small HTTP contract of ours, for one that has no adapter: POST orders, change, assign, cancel, read. */
export const httpErp = (config: Pick<HttpSystemConfig, 'url' | 'secret'>): ErpPort => ({
  postOrder: (order) => callSystem(config, 'orders', callKey(order), order, Posted),
  changeOrder: (order) => callSystem(config, 'orders/change', callKey(order, 'change'), order, Posted),
  assignOrder: (key) => callSystem(config, 'orders/assign', callKey(key, 'assign'), key, Assigned),
  cancelOrder: (key) => callSystem(config, 'orders/cancel', callKey(key, 'cancel'), key, Cancelled),
  readOrder: async (key) => {
    const read = await callSystem(config, 'orders/read', callKey(key, 'read'), key, State)
    return !read.ok && read.error.code === 'unknown-order' ? ok(null) : read
  },
})
