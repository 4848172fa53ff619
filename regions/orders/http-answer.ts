import * as z from 'zod'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import { retryAfterMs } from '../../shared/node/retry-after.ts'
import { webhookHeaders } from '../../shared/node/standard-webhook.ts'
import { jsonOrUndefined } from '../../shared/kernel/json-or-undefined.ts'
import { ErpFault, type ErpOrderKey, type ErpRefusal } from './erp.ts'

/** Where a system without an adapter of its own is reached: docs/reference/systems.md says what it has to answer. */
export const HttpSystemConfig = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/),
  url: z.url(),
  /** Signs what we send, as Standard Webhooks does. */
  secret: z.string().min(16),
  perSecond: z.number().min(0.01).max(10_000).default(50),
  burst: z.number().int().min(1).max(10_000).default(50),
  concurrency: z.number().int().min(1).max(64).default(4),
})
export type HttpSystemConfig = z.infer<typeof HttpSystemConfig>

const ANSWER_WITHIN_MS = 10_000
const ANSWER_BYTES_MAX = 64 * 1024

const Refused = z.object({ code: z.string(), detail: z.string().optional() })
const CODES = [
  'unknown-sku',
  'unknown-node',
  'unknown-customer',
  'not-exact',
  'unknown-order',
  'different-order',
  'order-cancelled',
  'already-picked',
] as const

/** The key of a call: the same for every repetition of it, another for every other word on the order. */
export const callKey = ({ orderRef, node, revision = 0 }: ErpOrderKey, what?: string): string =>
  [orderRef, node, what, revision > 0 ? String(revision) : undefined]
    .filter((it) => it !== undefined)
    .join('/')

/**
 * Sends one signed request under a key that makes repeating it harmless. 2xx is an answer, 429 and 503 ask us to wait
 * (Retry-After), another 4xx is a refusal, and anything else leaves open what became of it: an ErpFault.
 */
export async function callSystem<T>(
  { url, secret }: Pick<HttpSystemConfig, 'url' | 'secret'>,
  path: string,
  key: string,
  body: object,
  schema: z.ZodType<T>,
): Promise<Result<T, ErpRefusal>> {
  const text = JSON.stringify(body)
  const now = Date.now()
  const response = await fetch(new URL(path, url.endsWith('/') ? url : `${url}/`), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      ...webhookHeaders(secret, { id: key, body: text, now }),
    },
    body: text,
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch((error: unknown) => {
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    throw new ErpFault(timedOut ? 'timed-out' : 'unreachable', String(error), { cause: error })
  })
  const answer = (await response.text().catch(() => '')).slice(0, ANSWER_BYTES_MAX)
  if (response.status === 429 || response.status === 503)
    return err({
      code: 'busy',
      detail: `HTTP ${response.status}`,
      retryAfterMs: retryAfterMs(response.headers, Date.now()),
    })
  if (response.status >= 400 && response.status < 500 && response.status !== 408)
    return err(refusalOf(response.status, answer))
  if (!response.ok) throw new ErpFault('failed', `HTTP ${response.status}`)
  const parsed = schema.safeParse(jsonOrUndefined(answer))
  if (!parsed.success) throw new ErpFault('unreadable', `an answer without ${z.prettifyError(parsed.error)}`)
  return ok(parsed.data)
}

function refusalOf(status: number, text: string): ErpRefusal {
  const said = Refused.safeParse(jsonOrUndefined(text))
  const code = CODES.find((it) => said.success && it === said.data.code) ?? 'rejected'
  return { code, detail: (said.success && said.data.detail) || `HTTP ${status} ${text.slice(0, 256)}` }
}
