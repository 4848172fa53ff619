import * as z from 'zod'
import { CommandRefusal } from './outcome.ts'

const ASK_MS_MAX = 10_000

const Said = z
  .object({
    title: z.string().optional(),
    detail: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .catch({})

export type Answer = { readonly status: number; readonly body: unknown }

export type Asking = {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly json?: unknown
  readonly body?: string
  readonly contentType?: string
  readonly withinMs?: number
}

/** A request to a service. It throws with one clear line when the service isn't there; the rest is for the caller. */
export async function ask(url: string, key: string, asking: Asking = {}): Promise<Answer> {
  const { origin, pathname } = new URL(url)
  const { json, contentType = 'application/json', withinMs = ASK_MS_MAX } = asking
  const body = json === undefined ? asking.body : JSON.stringify(json)
  try {
    const response = await fetch(url, {
      method: asking.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(withinMs),
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
  asking: Asking = {},
): Promise<T> {
  const { status, body } = await ask(url, key, asking)
  if (status >= 200 && status < 300) return schema.parse(body)
  throw new CommandRefusal(problemLine(status, body))
}

export function problemLine(status: number, body: unknown): string {
  const { title, detail, errors = [] } = Said.parse(body)
  const wrong = errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
  return [title ?? `answered ${status}`, detail ?? (wrong === '' ? undefined : wrong)]
    .filter((part) => part !== undefined)
    .join(': ')
}
