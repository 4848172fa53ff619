import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { json } from '../../shared/contract/route-parts.ts'
import { SourceId } from '../../shared/domain/ids.ts'
import { bearer, problem } from '../../shared/node/http.ts'
import { isWooCommercePing } from '../connectors/woocommerce/woocommerce.ts'
import type { RegionHub } from '../region-hub.ts'
import { isSigned, signatureHeaders } from './inbound-signature.ts'
import type { RegionApp } from './region-app.ts'
import { problems } from './route.ts'

const postInbound = createRoute({
  method: 'post',
  path: '/v1/inbound/{source}',
  summary:
    'A vendor’s payload as it is: X12, EPCIS, CloudEvents, a marketplace’s webhook. Answered when its bytes are on the disk.',
  request: {
    params: z.object({ source: SourceId }),
    body: { required: true, content: { 'application/octet-stream': { schema: z.string() } } },
  },
  responses: {
    200: json(z.object({ receipt: z.string() }), 'The ping of a new webhook: nothing was kept'),
    202: json(z.object({ receipt: z.string() }), 'Kept; what it means follows'),
    ...problems(400, 413),
  },
})

/** `webhook_id=12`: asked without a signature whether anyone is there; only a 200 will do, and nothing is kept of it. */
const PING_BYTES_MAX = 64

/**
 * A source with a secret proves itself by its signature, since a vendor's webhook can't carry our key; any other by the
 * region's bearer key.
 */
export function addInbound(app: RegionApp, hub: RegionHub, key: string): void {
  app.openAPIRegistry.registerPath(postInbound)
  const needsKey = bearer(key)
  app.post('/v1/inbound/:source', (c, next) =>
    hub.secrets.of(c.req.param('source')) === undefined ? needsKey(c, next) : next(),
  )
  app.post('/v1/inbound/:source', async (c) => {
    // A source that was never put is let in with the region's key: its message waits under exceptions until it is.
    const source = SourceId.safeParse(c.req.param('source'))
    if (!source.success)
      return problem(c, 'malformed', {
        errors: [{ path: 'source', message: source.error.issues[0]!.message }],
      })
    const body = new Uint8Array(await c.req.arrayBuffer())
    if (body.length === 0) return problem(c, 'malformed', { detail: 'the body is empty' })
    if (isWooCommercePing(new TextDecoder().decode(body.subarray(0, PING_BYTES_MAX))))
      return c.json({ receipt: '' })
    const secret = hub.secrets.of(source.data)
    const { signature } = hub.writer.ledger.books.master.source(source.data)?.profile ?? {}
    const { pathname, search } = new URL(c.req.url)
    const request = { method: c.req.method, path: pathname + search, headers: c.req.header(), body }
    if (secret !== undefined && !isSigned(request, { secret, signature, now: hub.clock.now() })) {
      return problem(c, 'unauthenticated', {
        detail: `prove that you know the source's secret in one of ${signatureHeaders(signature).join(', ')}`,
      })
    }
    const message = {
      source: source.data,
      body,
      contentType: c.req.header('content-type') ?? null,
      headers: c.req.header(),
      receivedAt: hub.clock.now(),
    }
    const receipt = await hub.inbox.receive(message, c.get('correlationId'))
    return c.json({ receipt: String(receipt) }, 202)
  })
}
