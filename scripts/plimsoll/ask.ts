import * as z from 'zod'
import { CommandRefusal } from './outcome.ts'

const ASK_MS_MAX = 10_000

const Said = z.object({ title: z.string().optional(), detail: z.string().optional() }).catch({})

export type Answer = { readonly status: number; readonly body: unknown }

type Sent = { readonly contentType: 'application/json' | 'text/csv'; readonly body: string }

/** A request to a service. It throws with one clear line when the service isn't there; the rest is for the caller. */
export async function ask(
  url: string,
  key: string,
  method: 'GET' | 'POST' = 'GET',
  sent?: Sent,
): Promise<Answer> {
  const { origin, pathname } = new URL(url)
  try {
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(sent ? { 'content-type': sent.contentType } : {}),
      },
      ...(sent ? { body: sent.body } : {}),
      signal: AbortSignal.timeout(ASK_MS_MAX),
    })
    return { status: response.status, body: (await response.json().catch(() => null)) as unknown }
  } catch (error) {
    const why =
      error instanceof Error && error.name === 'TimeoutError'
        ? `did not answer ${pathname} in time`
        : 'is not there'
    throw new CommandRefusal(`${origin} ${why}: is the system running? (npm start)`)
  }
}

/** As `ask`, where anything but success is a refusal told in the service's own words. */
export async function askFor<T>(
  schema: z.ZodType<T>,
  url: string,
  key: string,
  method: 'GET' | 'POST' = 'GET',
  sent?: Sent,
): Promise<T> {
  const { status, body } = await ask(url, key, method, sent)
  if (status >= 200 && status < 300) return schema.parse(body)
  throw new CommandRefusal(problemLine(status, body))
}

export function problemLine(status: number, body: unknown): string {
  const { title, detail } = Said.parse(body)
  return [title ?? `answered ${status}`, detail].filter((part) => part !== undefined).join(': ')
}
