import { type JsMsg, type MsgHdrs, newHeaders } from '../../shared/node/nats.ts'
import type { Message } from '../connectors/connector.ts'

/** Between a stored message and what its transport said of it. */

export function headersOf(raw: JsMsg): Record<string, string> {
  const found: Record<string, string> = {}
  for (const key of raw.headers?.keys() ?? []) found[key.toLowerCase()] = raw.headers!.get(key)
  return found
}

/** Headers that a connector or a signature check may need; a sender's keys are not kept. */
const KEPT = /^(ce-.+|content-type|traceparent|x-correlation-id|(x-)?shopify-.+|x-wc-.+|webhook-.+)$/

export function headersFor(message: Message, correlationId: string): MsgHdrs {
  const out = newHeaders()
  for (const [key, value] of Object.entries(message.headers)) if (KEPT.test(key)) out.set(key, value)
  if (message.contentType !== null) out.set('content-type', message.contentType)
  out.set('x-correlation-id', correlationId)
  return out
}

/** `inbound.<region>.<source>` */
export const sourceOf = (subject: string): string => subject.split('.')[2] ?? ''
