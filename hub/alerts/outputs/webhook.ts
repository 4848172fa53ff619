import { webhookHeaders } from '../../../shared/node/standard-webhook.ts'
import { type Output, postJson } from './output.ts'

/** A signed POST, as Standard Webhooks has it: a receiver checks it with any library for that. */
export function webhook({ name, url, secret }: { name: string; url: string; secret: string }): Output {
  return {
    name,
    send: (id, message, now) => {
      const body = JSON.stringify(message)
      return postJson(url, body, webhookHeaders(secret, { id, body, now }))
    },
  }
}
