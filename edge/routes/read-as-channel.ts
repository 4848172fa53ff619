import { Channel } from '../../shared/domain/ids.ts'
import type { Edge, EdgeHandler } from '../edge.ts'
import { problem } from '../middleware/problem.ts'
import { parseReadParameters } from './availability-ask.ts'
import { readAvailability } from './read-availability.ts'

/** GET /v1/channels/{channel}/availability/{sku}: what a channel is answered, to those who look after it. Of any of its segments. */
export function readAsChannel(edge: Edge): EdgeHandler {
  const read = readAvailability(edge)
  return (c) => {
    const channel = Channel.safeParse(c.req.param('channel'))
    if (!channel.success)
      return problem(c, 'malformed', { errors: [{ path: 'channel', message: 'is no channel' }] })
    const asked = parseReadParameters(c.req.raw.url)
    const segment = asked.ok ? asked.value.segment : undefined
    return read(c, {
      id: 'operator',
      channel: channel.data,
      regions: [...edge.regions.keys()] as Parameters<typeof read>[1]['regions'],
      ...(segment === undefined
        ? {}
        : { segments: [segment] as NonNullable<Parameters<typeof read>[1]['segments']> }),
    })
  }
}
