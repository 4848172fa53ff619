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

/** Holds for so many seconds over 32 connections, each its own order and key; at most `perSecond` of them where it is given. */
export async function loadOf(
  url: string,
  load: Load,
  seconds: number,
  perSecond?: number,
): Promise<{ readonly rate: number; readonly p50: number; readonly p99: number }> {
  const headers = { authorization: `Bearer ${RegionProcess.key}`, 'content-type': 'application/json' }
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    ...(perSecond === undefined ? {} : { overallRate: perSecond }),
    requests: [
      {
        method: 'POST',
        path: '/v1/reservations',
        setupRequest: (request) => {
          const key = `${process.pid}-${requests++}`
          const lines = [{ line: '1', sku: pick[load](), quantity: 1 }]
          return {
            ...request,
            headers: { ...headers, 'idempotency-key': key },
            body: JSON.stringify({ orderRef: `web:${key}`, channel: 'web', lines }),
          }
        },
      },
    ],
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}, ${load}: ${result.non2xx} refusals, ${result.errors} errors`)
  return { rate: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 }
}
