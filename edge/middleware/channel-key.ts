import type { Edge, EdgeContext, EdgeHandler } from '../edge.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { problem } from './problem.ts'

type ChannelHandler = (c: EdgeContext, key: ChannelKey) => Response | Promise<Response>

/** Lets callers with a channel's key in, and tells the route what the key opens. Known keys cost no wait. */
export function byChannel(edge: Edge, handle: ChannelHandler): EdgeHandler {
  return (c) => {
    const authorization = c.req.raw.headers.get('Authorization') ?? ''
    const key = edge.channelKeys.remembered(authorization)
    return key ? handle(c, key) : lookUp(edge, c, key === null ? null : authorization, handle)
  }
}

async function lookUp(
  { channelKeys, log }: Edge,
  c: EdgeContext,
  authorization: string | null,
  handle: ChannelHandler,
): Promise<Response> {
  let key: ChannelKey | null
  try {
    key = authorization === null ? null : await channelKeys.lookUp(authorization)
  } catch (error) {
    log('channel-keys-unavailable', { error })
    return problem(c, 'not-ready', { detail: 'keys can not be looked up right now' })
  }
  return key ? handle(c, key) : problem(c, 'unauthenticated', { detail: 'send Authorization: Bearer plk_…' })
}
