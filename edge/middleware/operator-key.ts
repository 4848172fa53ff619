import type { Edge, EdgeHandler } from '../edge.ts'
import { sha256Hex } from '../keys/sha256-hex.ts'
import { problem } from './problem.ts'

/** Lets only the operators in: the centre, and people with its key. Hashes are compared, so time tells nothing. */
export function byOperator({ operatorKeySha256 }: Edge, handle: EdgeHandler): EdgeHandler {
  return async (c) => {
    const token = /^Bearer (.{1,256})$/.exec(c.req.header('Authorization') ?? '')?.[1]
    if (token && operatorKeySha256 && (await sha256Hex(token)) === operatorKeySha256) return handle(c)
    return problem(c, 'unauthenticated', { detail: 'this needs the operator key' })
  }
}
