import * as z from 'zod'
import { Problem, PROBLEM_MEDIA_TYPE } from './problem.ts'

/** The parts that the contract of every route repeats. */
export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const body = <T extends z.ZodType>(schema: T) => ({
  required: true as const,
  content: { 'application/json': { schema } },
})

export const PROBLEM = {
  description: 'A problem (RFC 9457)',
  content: { [PROBLEM_MEDIA_TYPE]: { schema: Problem } },
}
