import { KeyId, NewKey } from '../../shared/contract/key-api.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import type { Edge, EdgeContext, EdgeHandler } from '../edge.ts'
import { answer, answerJson } from '../middleware/answer.ts'
import { readJson } from '../middleware/json-body.ts'
import { problem } from '../middleware/problem.ts'

/** Sixty-four origins and segments fit. */
const KEY_BYTES_MAX = 32 * 1024

/** POST /v1/keys: a new key; its token is in this answer and nowhere else. */
export function issueKey(edge: Edge): EdgeHandler {
  return async (c) => {
    const json = await readJson(c.req.raw, KEY_BYTES_MAX)
    if (!json.ok) return problem(c, json.error.code, { detail: json.error.detail })
    const wanted = NewKey.safeParse(json.value)
    if (!wanted.success) return problem(c, 'invalid', { errors: fieldErrors(wanted.error) })
    const unknown = wanted.data.regions.findIndex((region) => !edge.regions.has(region))
    if (unknown >= 0)
      return problem(c, 'unknown-region', {
        errors: [
          { path: `regions.${unknown}`, message: `there is no region ${wanted.data.regions[unknown]}` },
        ],
      })
    return orNotReady(edge, c, async () => {
      const issued = await edge.keyBook.issue(wanted.data)
      edge.log('key-issued', { id: issued.id, channel: issued.channel })
      return answer(c, 201, JSON.stringify(issued), {
        'Content-Type': 'application/json',
        'Cache-Control': 'no-store',
      })
    })
  }
}

/** GET /v1/keys?cursor=: all of them, revoked ones too, a page at a time. */
export function listKeys(edge: Edge): EdgeHandler {
  return (c) => {
    const { cursor, ...rest } = c.req.query()
    const [unknown] = Object.keys(rest)
    if (unknown !== undefined)
      return problem(c, 'malformed', {
        errors: [{ path: unknown.slice(0, 64), message: 'unknown parameter' }],
      })
    return orNotReady(edge, c, async () => answerJson(c, await edge.keyBook.list(cursor)))
  }
}

/** DELETE /v1/keys/{id}: it opens nothing any more, here at once, elsewhere when what is remembered of it has aged. */
export function revokeKey(edge: Edge): EdgeHandler {
  return (c) => {
    const id = KeyId.safeParse(c.req.param('id'))
    if (!id.success) return problem(c, 'not-found', { detail: 'no such key' })
    return orNotReady(edge, c, async () => {
      const revoked = await edge.keyBook.revoke(id.data)
      edge.channelKeys.forget(id.data)
      if (!revoked) return problem(c, 'not-found', { detail: 'no such key' })
      edge.log('key-revoked', { id: revoked.id, channel: revoked.channel })
      return answerJson(c, revoked)
    })
  }
}

async function orNotReady(edge: Edge, c: EdgeContext, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    edge.log('keys-unavailable', { error })
    return problem(c, 'not-ready', { detail: 'the store of keys did not answer as it should; ask again' })
  }
}
