import { createHmac } from 'node:crypto'
import { type Output, postJson } from './output.ts'

/** A signed POST, as Standard Webhooks has it: a receiver checks it with any library for that. */
export function webhook({ name, url, secret }: { name: string; url: string; secret: string }): Output {
  return {
    name,
    send: (id, message, now) => {
      const body = JSON.stringify(message)
      const timestamp = String(Math.floor(now / 1000))
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
      const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
      return postJson(url, body, {
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      })
    },
  }
}
