import * as z from 'zod'
import { Problem, PROBLEM_MEDIA_TYPE } from '../../shared/contract/problem.ts'

/** The parts that every route's contract repeats. */
export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const body = <T extends z.ZodType>(schema: T) => ({
  required: true as const,
  content: { 'application/json': { schema } },
})

const PROBLEM = { content: { [PROBLEM_MEDIA_TYPE]: { schema: Problem } } }

export const problems = (...statuses: number[]): Record<number, { description: string } & typeof PROBLEM> =>
  Object.fromEntries(
    [401, ...statuses].map((status) => [status, { description: 'A problem (RFC 9457)', ...PROBLEM }]),
  )

/** `?name=true`; absent is false. */
export const Flag = z
  .enum(['true', 'false'])
  .optional()
  .transform((text) => text === 'true')
