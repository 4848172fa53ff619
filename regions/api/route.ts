import * as z from 'zod'
import { PROBLEM } from '../../shared/contract/route-parts.ts'

export const problems = (...statuses: number[]): Record<number, typeof PROBLEM> =>
  Object.fromEntries([401, ...statuses].map((status) => [status, PROBLEM]))

/** `?name=true`; absent is false. */
export const Flag = z
  .enum(['true', 'false'])
  .optional()
  .transform((text) => text === 'true')
