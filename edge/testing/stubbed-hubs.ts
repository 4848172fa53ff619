import { PROBLEM_MEDIA_TYPE, problemOf } from '../../shared/contract/problem.ts'
import { RegionHubSettings } from '../hubs/region-hubs.ts'

export const REGION_HUBS = RegionHubSettings.parse({
  eu: { urls: ['http://eu-a.test', 'http://eu-b.test'], key: 'key-of-the-eu-region' },
  us: { urls: ['http://us-a.test'], key: 'key-of-the-us-region' },
})

export type Heard = {
  readonly at: string
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: unknown
}
export type Manner = (heard: Heard) => Response | Promise<Response>

/** Stands in for the regions' hubs: notes what it hears, and answers each host in the manner that a test gives it. */
export class StubbedHubs {
  readonly heard: Heard[] = []
  readonly manners = new Map<string, Manner>()

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { host, pathname } = new URL(url)
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : null
    const headers = Object.fromEntries(new Headers(init.headers))
    const heard = { at: host, method: init.method!, path: pathname, headers, body }
    this.heard.push(heard)
    const manner = this.manners.get(host)
    if (!manner) throw new TypeError('Network connection lost.')
    return Promise.race([manner(heard), whenAborted(init.signal!)])
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
}

export const held: Manner = () =>
  Response.json({ reservationId: 'r-1', status: 'held', lines: [] }, { status: 201 })
export const hangs: Manner = () => new Promise(() => {})
export const says =
  (code: Parameters<typeof problemOf>[0]): Manner =>
  () => {
    const body = problemOf(code, { detail: 'as the region says it' })
    return new Response(JSON.stringify(body), {
      status: body.status,
      headers: { 'Content-Type': PROBLEM_MEDIA_TYPE },
    })
  }
