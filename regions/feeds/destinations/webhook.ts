import * as z from 'zod'
import type { ChannelFigure } from '../../../shared/contract/feed-api.ts'
import { WEBHOOK_SECRET, webhookHeaders } from '../../../shared/node/standard-webhook.ts'
import { jsonOrUndefined } from '../../../shared/kernel/json-or-undefined.ts'
import { callChannel, refusalOfAll } from '../call-channel.ts'
import type { Delivered, Destination, Outgoing, RefusedFigure } from '../destination.ts'

/** A receiver of our own kind, for a channel that has no adapter. */
export const WebhookConfig = z.strictObject({
  kind: z.literal('webhook'),
  url: z.url({ protocol: /^https?$/ }),
  /** Signs what is sent, as Standard Webhooks does. */
  secret: z.string().regex(WEBHOOK_SECRET, 'is whsec_ and 24 to 64 bytes in base64'),
  /** Figures in one request. */
  batchMax: z.number().int().min(1).max(1_000).default(100),
  /** Tells what may be sold from each node too. */
  byNode: z.boolean().default(false),
})
export type WebhookConfig = z.infer<typeof WebhookConfig>

const Answer = z.object({
  refused: z
    .array(
      z.object({
        sku: z.string(),
        code: z.string().max(64).default('refused'),
        detail: z.string().max(1_024).default(''),
      }),
    )
    .default([]),
})

/** A signed POST of `{region, channel, figures}`; a 2xx has taken them, but for those that it names under `refused`. */
export function webhook({ url, secret, batchMax, byNode }: WebhookConfig): Destination {
  return {
    kind: 'webhook',
    batchMax,
    limits: { perSecond: 10, burst: 10, concurrency: 1 },
    byNode,
    send: async (batch, key, now) => {
      const body = JSON.stringify(bodyOf(batch))
      const headers = {
        'content-type': 'application/json',
        ...webhookHeaders(secret, { id: key, body, now }),
      }
      const answer = await callChannel(url, { method: 'POST', headers, body })
      return refusalOfAll(answer, now) ?? readAnswer(batch, answer.text)
    },
  }
}

type ToldFigure = Omit<ChannelFigure, 'region' | 'channel' | 'since'>

function bodyOf(batch: readonly Outgoing[]): {
  region: string
  channel: string
  figures: ToldFigure[]
} {
  const { region, channel } = batch[0]!.figure
  const figures = batch.flatMap(({ figure, codes, places }) => {
    const { region: _, channel: __, since: ___, nodes, ...told } = figure
    const named = nodes?.map(({ node, availableToSell }) => ({
      node: (places.get(node) ?? node) as typeof node,
      availableToSell,
    }))
    return codes.map((sku) => ({
      ...told,
      sku: sku as ChannelFigure['sku'],
      ...(named === undefined ? {} : { nodes: named }),
    }))
  })
  return { region, channel, figures }
}

/** An answer that is no JSON of ours has refused nothing: it was a 2xx. */
function readAnswer(batch: readonly Outgoing[], text: string): Delivered {
  const said = Answer.safeParse(jsonOrUndefined(text))
  const refusals = new Map((said.success ? said.data.refused : []).map((it) => [it.sku, it]))
  const refused: RefusedFigure[] = []
  const taken: string[] = []
  for (const { figure, codes } of batch) {
    const refusal = codes.map((code) => refusals.get(code)).find((it) => it !== undefined)
    if (refusal) refused.push({ sku: figure.sku, code: refusal.code, detail: refusal.detail })
    else taken.push(figure.sku)
  }
  return { taken, refused }
}
