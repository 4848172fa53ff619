import { inboundSubject } from '../../../shared/contract/subjects.ts'
import { type Bus, connectBus, newHeaders } from '../../../shared/node/nats.ts'
import { sourceInbox } from '../../start/nats-config.ts'
import type { RegionTarget } from '../config.ts'
import type { Message } from '../world/world.ts'

/** `gone`: the region can't take it now, try again. `refused`: it never will. */
export type Outcome = 'taken' | 'gone' | 'refused'

const NATS_MS_MAX = 3_000
const HTTP_MS_MAX = 10_000

/** How the systems of one region reach it: each over its own NATS user, or by HTTP. */
export class Mouths {
  readonly #target: RegionTarget
  readonly #buses = new Map<string, Promise<Bus>>()
  #inbox = 0

  constructor(target: RegionTarget) {
    this.#target = target
  }

  async send(message: Message): Promise<Outcome> {
    try {
      return message.via === 'nats' ? await this.#publish(message) : await this.#post(message)
    } catch {
      return 'gone'
    }
  }

  async close(): Promise<void> {
    const closing = [...this.#buses.values()].map((bus) => bus.then((open) => open.close()))
    await Promise.race([
      Promise.allSettled(closing),
      new Promise((resolve) => setTimeout(resolve, 1000).unref()),
    ])
  }

  /** The stream's acknowledgement comes to the source's own inbox, the only one its user may hear. */
  async #publish({ source, contentType, body }: Message): Promise<Outcome> {
    const bus = await within(NATS_MS_MAX, this.#busOf(source))
    const headers = newHeaders()
    headers.set('content-type', contentType)
    const answer = await bus.connection.request(inboundSubject(this.#target.region, source), body, {
      timeout: NATS_MS_MAX,
      headers,
      noMux: true,
      reply: `${sourceInbox(source)}.${(this.#inbox += 1)}`,
    })
    return 'error' in answer.json<object>() ? 'gone' : 'taken'
  }

  #busOf(source: string): Promise<Bus> {
    const { region, natsServer, seeds } = this.#target
    let bus = this.#buses.get(source)
    if (!bus) {
      const seed = seeds[source]
      bus = connectBus(`traffic ${region} ${source}`, { servers: [natsServer], ...(seed ? { seed } : {}) })
      bus.catch(() => this.#buses.delete(source))
      this.#buses.set(source, bus)
    }
    return bus
  }

  async #post({ via, source, contentType, body }: Message): Promise<Outcome> {
    const path = via === 'events' ? '/v1/events' : `/v1/inbound/${encodeURIComponent(source)}`
    const response = await fetch(`${this.#target.apiUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#target.apiKey}`, 'content-type': contentType },
      body,
      signal: AbortSignal.timeout(HTTP_MS_MAX),
    })
    await response.body?.cancel()
    if (response.ok) return 'taken'
    return response.status >= 500 || response.status === 429 || response.status === 401 ? 'gone' : 'refused'
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
