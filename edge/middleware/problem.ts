import {
  PROBLEM_MEDIA_TYPE,
  problemOf,
  type Problem,
  type ProblemCode,
} from '../../shared/contract/problem.ts'
import type { EdgeContext } from '../edge.ts'
import { answer } from './answer.ts'
import { correlationOf } from './correlation-id.ts'

/** Soon enough for a reader that wants an answer, late enough not to hammer a store that is down. */
const RETRY_AFTER_S = '1'

/** Answers with a problem of the catalogue, naming the request and its correlation. */
export function problem(
  c: EdgeContext,
  code: ProblemCode,
  fields: Omit<Partial<Problem>, 'type' | 'title' | 'status'> = {},
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = problemOf(code, { ...fields, instance: c.req.path, correlationId: correlationOf(c) })
  return answer(c, body.status, JSON.stringify(body), {
    'Content-Type': PROBLEM_MEDIA_TYPE,
    'Cache-Control': 'no-store',
    ...(body.status === 503 ? { 'Retry-After': RETRY_AFTER_S } : {}),
    ...(body.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...headers,
  })
}
