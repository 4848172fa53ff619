import { Agent, request as httpRequest } from 'node:http'
import autocannon from 'autocannon'
import { RegionProcess } from '../tests/support/region-process.ts'

export const SKUS: readonly string[] = Array.from({ length: 10_000 }, (_, n) => `SKU-${n}`)

const CONNECTIONS = 32

/** Which sku a customer wants: any, the popular ones more (Zipf, s = 1), or all the same. */
export const LOADS = ['uniform', 'zipf', 'one hot sku'] as const
export type Load = (typeof LOADS)[number]

const pick: Readonly<Record<Load, () => string>> = {
  uniform: () => SKUS[Math.floor(Math.random() * SKUS.length)]!,
  // The sum of 1/n grows as its logarithm, so its inverse is a power.
  zipf: () => SKUS[Math.min(SKUS.length, Math.floor(SKUS.length ** Math.random())) - 1]!,
  'one hot sku': () => SKUS[0]!,
}

let requests = 0

type HoldRequest = { readonly headers: Readonly<Record<string, string>>; readonly body: string }

/** Each its own order and key. */
function nextHold(load: Load): HoldRequest {
  const key = `${process.pid}-${requests++}`
  const lines = [{ line: '1', sku: pick[load](), quantity: 1 }]
  return {
    headers: {
      authorization: `Bearer ${RegionProcess.key}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify({ orderRef: `web:${key}`, channel: 'web', lines }),
  }
}

/** Holds a second over 32 connections, each asking again when it is answered. */
export async function rateOf(url: string, load: Load, seconds: number): Promise<number> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        path: '/v1/reservations',
        setupRequest: (request) => ({ ...request, ...nextHold(load) }),
      },
    ],
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}, ${load}: ${result.non2xx} refusals, ${result.errors} errors`)
  return result['2xx'] / result.duration
}

/**
 * How long each answer takes when so many are asked for a second, evenly: in ms from the moment at which the request was
 * due, sorted. (autocannon asks for a second's share in one burst, and counts a slow answer once for each of its ms.)
 */
export async function latenciesOf(
  url: string,
  load: Load,
  seconds: number,
  perSecond: number,
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const answers: Promise<number>[] = []
  const startedAt = performance.now()
  while (answers.length < seconds * perSecond) {
    const dueAt = (): number => startedAt + (answers.length * 1000) / perSecond
    for (const now = performance.now(); dueAt() <= now;)
      answers.push(answeredAfter(url, agent, nextHold(load), dueAt()))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const latencies = await Promise.all(answers)
  agent.destroy()
  return latencies.sort((a, b) => a - b)
}

function answeredAfter(
  url: string,
  agent: Agent,
  { headers, body }: HoldRequest,
  dueAt: number,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const asked = httpRequest(`${url}/v1/reservations`, { agent, method: 'POST', headers }, (answer) => {
    if (answer.statusCode !== 201) reject(new Error(`${url}: ${answer.statusCode}`))
    answer.resume().once('end', () => resolve(performance.now() - dueAt))
  })
  asked.once('error', reject)
  asked.end(body)
  promise.catch(() => {}) // awaited with the others
  return promise
}
