import * as z from 'zod'
import { newId } from '../../../shared/node/new-id.ts'
import { waitOf } from '../../../shared/node/retry-after.ts'
import { jsonOrUndefined } from '../../../shared/kernel/json-or-undefined.ts'
import { AccessToken } from '../access-token.ts'
import { callChannel, type ChannelAnswer, refusalOfAll } from '../call-channel.ts'
import { type Delivered, type Destination, type Outgoing, wholeUnits } from '../destination.ts'

/** A seller's account at Walmart Marketplace. */
export const WalmartConfig = z.strictObject({
  kind: z.literal('walmart'),
  url: z.url({ protocol: /^https?$/ }).default('https://marketplace.walmartapis.com'),
  clientId: z.string().min(8),
  clientSecret: z.string().min(8),
  /** The ship node that everything is sold from: Walmart's default one where none is named. */
  shipNode: z.string().min(1).max(64).optional(),
  /** By ship node, through the source's map. */
  byNode: z.boolean().default(false),
})
export type WalmartConfig = z.infer<typeof WalmartConfig>

const SERVICE = 'Walmart Marketplace'

/** `PUT /v3/inventory`, or `PUT /v3/inventories/{sku}` for several ship nodes: one sku a call. */
export function walmart({ url, clientId, clientSecret, shipNode, byNode }: WalmartConfig): Destination {
  const common = { accept: 'application/json', 'wm_svc.name': SERVICE }
  const token = new AccessToken({
    url: new URL('/v3/token', url).href,
    headers: {
      ...common,
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'wm_qos.correlation_id': newId(),
    },
    form: { grant_type: 'client_credentials' },
  })
  return {
    kind: 'walmart',
    batchMax: 1,
    limits: { perSecond: 3, burst: 3, concurrency: 1 },
    byNode,
    send: async ([it], _key, now) => {
      const { sku } = it!.figure
      for (const code of it!.codes) {
        const { path, body } = byNode ? atNodes(it!, code) : atOne(it!, code, shipNode)
        const answer = await callChannel(new URL(path, url), {
          method: 'PUT',
          headers: {
            ...common,
            'content-type': 'application/json',
            'wm_sec.access_token': await token.get(now),
            'wm_qos.correlation_id': newId(),
          },
          body: JSON.stringify(body),
        })
        if (answer.status === 401) token.drop()
        const said = busyUntil(answer, now) ?? unknownSku(answer, sku) ?? refusalOfAll(answer, now)
        const refused = said ?? refusedAtNodes(answer, sku)
        if (refused) return refused
      }
      return { taken: [sku], refused: [] }
    },
  }
}

const each = (amount: number) => ({ unit: 'EACH', amount })

function atOne({ figure }: Outgoing, sku: string, shipNode: string | undefined) {
  const query = new URLSearchParams({ sku, ...(shipNode === undefined ? {} : { shipNode }) })
  const body = { sku, quantity: each(wholeUnits(figure.availableToSell, figure)) }
  return { path: `/v3/inventory?${query}`, body }
}

/** Each ship node that is mapped, those that have none too. */
function atNodes({ figure, places }: Outgoing, sku: string) {
  const nodes = [...places].map(([node, shipNode]) => {
    const quantity = figure.nodes?.find((it) => it.node === node)?.availableToSell ?? 0
    return { shipNode, inputQty: each(wholeUnits(quantity, figure)) }
  })
  return { path: `/v3/inventories/${encodeURIComponent(sku)}`, body: { inventories: { nodes } } }
}

/** When the next token of its bucket comes, it says as a moment in milliseconds. */
function busyUntil({ status, headers }: ChannelAnswer, now: number): Delivered | null {
  const at = headers.get('x-next-replenishment-time')
  if (status !== 429 || at === null || !/^\d{13}$/.test(at)) return null
  return { taken: [], refused: [], busy: { retryAfterMs: waitOf(Number(at) - now), detail: 'HTTP 429' } }
}

const Failed = z.object({
  code: z.string().nullish(),
  description: z.string().nullish(),
  info: z.string().nullish(),
})
type Failed = z.infer<typeof Failed>
const Errors = z
  .object({ errors: z.array(Failed).optional(), error: z.array(Failed).optional() })
  .transform(({ errors, error }) => errors ?? error ?? [])

const wordsOf = (failed: readonly Failed[]): string =>
  failed.map(({ code, description, info }) => `${code ?? ''} ${description ?? info ?? ''}`.trim()).join('; ')

/** Of an item that it does not list it says 404, which of an address would be a fault. */
function unknownSku({ status, text }: ChannelAnswer, sku: string): Delivered | null {
  if (status !== 404) return null
  const errors = Errors.safeParse(jsonOrUndefined(text))
  const [first] = errors.success ? errors.data : []
  if (!first?.code?.startsWith('CONTENT_NOT_FOUND')) return null
  return { taken: [], refused: [{ sku, code: first.code, detail: wordsOf(errors.data!) }] }
}

const AtNodes = z.object({
  nodes: z.array(
    z.object({
      shipNode: z.string().nullish(),
      status: z.string().nullish(),
      errors: z.array(Failed).nullish(),
    }),
  ),
})

/** Some of its nodes may have been refused in an answer that is a success. */
function refusedAtNodes({ text }: ChannelAnswer, sku: string): Delivered | null {
  const said = AtNodes.safeParse(jsonOrUndefined(text))
  const failed = said.success ? said.data.nodes.filter((it) => (it.errors?.length ?? 0) > 0) : []
  if (failed.length === 0) return null
  const detail = failed
    .map(({ shipNode, errors }) => `${shipNode ?? ''}: ${wordsOf(errors ?? [])}`)
    .join('; ')
  return { taken: [], refused: [{ sku, code: failed[0]!.errors![0]!.code ?? 'refused', detail }] }
}
