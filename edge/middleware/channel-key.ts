import type { Edge, EdgeContext, EdgeHandler } from '../edge.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { answerToPage } from './cors.ts'
import { problem } from './problem.ts'

type ChannelHandler = (c: EdgeContext, key: ChannelKey) => Response | Promise<Response>

/** Lets callers with a channel's key in, and tells the route what the key opens. Known keys cost no wait. */
export function byChannel(edge: Edge, handle: ChannelHandler): EdgeHandler {
  return (c) => {
    const authorization = c.req.raw.headers.get('Authorization') ?? ''
    const key = edge.channelKeys.remembered(authorization)
    return key ? admit(edge, c, key, handle) : lookUp(edge, c, key === null ? null : authorization, handle)
  }
}

/** Within its rate, and from a page only if the page may. */
function admit(
  edge: Edge,
  c: EdgeContext,
  key: ChannelKey,
  handle: ChannelHandler,
): Response | Promise<Response> {
  const origin = c.req.raw.headers.get('Origin')
  return origin === null
    ? withinRate(edge, c, key, handle)
    : answerToPage(c, key, origin, () => withinRate(edge, c, key, handle))
}

function withinRate(
  edge: Edge,
  c: EdgeContext,
  key: ChannelKey,
  handle: ChannelHandler,
): Response | Promise<Response> {
  const afterS = edge.rateLimits.take(key, (work) => c.executionCtx.waitUntil(work))
  return afterS === 0
    ? handle(c, key)
    : problem(
        c,
        'too-many-requests',
        { detail: 'this key asks too often' },
        { 'Retry-After': String(afterS) },
      )
}

async function lookUp(
  edge: Edge,
  c: EdgeContext,
  authorization: string | null,
  handle: ChannelHandler,
): Promise<Response> {
  let key: ChannelKey | null
  try {
    key = authorization === null ? null : await edge.channelKeys.lookUp(authorization)
  } catch (error) {
    edge.log('channel-keys-unavailable', { error })
    return problem(c, 'not-ready', { detail: 'keys can not be looked up right now' })
  }
  return key
    ? admit(edge, c, key, handle)
    : problem(c, 'unauthenticated', { detail: 'send Authorization: Bearer plk_…' })
}
