import { decodePush, PUSH_BYTES_MAX, PUSH_MEDIA_TYPE, SIGNATURE_HEADER } from '../../shared/contract/push.ts'
import type { Edge, EdgeContext } from '../edge.ts'
import { parseSignature } from '../keys/push-signature.ts'
import { answerJson } from '../middleware/answer.ts'
import { readBody } from '../middleware/body-limit.ts'
import { problem } from '../middleware/problem.ts'
import { installPush, type Outcome } from '../snapshots/install-push.ts'

/** POST /ingest/v1/{region}: what the region's publisher sends (shared/contract/push.ts). Refused, it leaves no trace. */
export function acceptPush(edge: Edge): (c: EdgeContext) => Promise<Response> {
  return async (c) => {
    const region = c.req.param('region')!
    const reader = edge.regions.get(region)
    if (!reader) return problem(c, 'unknown-region', { detail: `there is no region ${region}` })
    if (c.req.header('Content-Type') !== PUSH_MEDIA_TYPE)
      return problem(c, 'unsupported-media-type', { detail: `send ${PUSH_MEDIA_TYPE}` })
    const signature = parseSignature(c.req.header(SIGNATURE_HEADER), edge.clock.now())
    if (!signature)
      return problem(c, 'unauthenticated', { detail: 'the signature is missing, malformed or too old' })
    const body = await readBody(c.req.raw, PUSH_BYTES_MAX)
    if (!body) return problem(c, 'too-large', { detail: `a push takes ${PUSH_BYTES_MAX} bytes at most` })
    if (!(await edge.pushSignatures.isRight(region, signature, body)))
      return problem(c, 'unauthenticated', { detail: `not signed with a key of ${region}` })
    const push = decodePush(body)
    if (!push) return problem(c, 'malformed', { detail: 'the body is not a push' })
    if (push.header.region !== region)
      return problem(c, 'forbidden', { detail: `a push of ${push.header.region} does not belong here` })
    try {
      return answered(c, region, await installPush(reader, push, edge.log))
    } catch (error) {
      edge.log('push-not-stored', { region, error })
      return problem(c, 'not-ready', { detail: 'the edge store did not take the push; send it again' })
    }
  }
}

function answered(c: EdgeContext, region: string, outcome: Outcome): Response {
  switch (outcome.kind) {
    case 'applied':
    case 'repeated': {
      const { epoch, version } = outcome.head
      return answerJson(c, { region, epoch, version, applied: outcome.kind === 'applied' })
    }
    case 'staged': {
      const { epoch = 0, version = 0 } = outcome.head ?? {}
      return answerJson(c, { region, epoch, version, applied: false })
    }
    case 'gap':
      return problem(c, 'version-gap', {
        detail: outcome.detail,
        region,
        epoch: outcome.head?.epoch ?? 0,
        version: outcome.head?.version ?? 0,
        applied: false,
      })
    case 'invalid':
      return problem(c, 'invalid', { errors: [...outcome.errors] })
  }
}
