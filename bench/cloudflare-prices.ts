/**
 * Cloudflare's prices on the Workers Paid plan, in dollars, and the limits that the design has to keep, as published in November 2026:
 * developers.cloudflare.com, platform/pricing and platform/limits of Workers, KV and D1.
 */
type Price = { readonly included: number; readonly perMillion: number }

export const PRICES = {
  planPerMonth: 5,
  requests: { included: 10e6, perMillion: 0.3 },
  cpuMs: { included: 30e6, perMillion: 0.02 },
  kvWrites: { included: 1e6, perMillion: 5 },
  kvReads: { included: 10e6, perMillion: 0.5 },
  d1RowsWritten: { included: 50e6, perMillion: 1 },
  d1RowsRead: { included: 25e9, perMillion: 0.001 },
} as const satisfies Record<string, Price | number>

export const LIMITS = {
  kvWritesPerKeyPerSecond: 1,
  kvValueBytes: 25 * 1024 * 1024,
  d1RowBytes: 2_000_000,
  d1DatabaseBytes: 10e9,
  workerBodyBytes: 100e6,
} as const

export type Used = Partial<Record<Exclude<keyof typeof PRICES, 'planPerMonth'>, number>>

/** Dollars for what is used in a month beyond what is included, without the plan itself. */
export function priceOf(used: Used): number {
  let sum = 0
  for (const [name, amount] of Object.entries(used) as [keyof Used, number][]) {
    const { included, perMillion } = PRICES[name]
    sum += (Math.max(0, amount - included) / 1e6) * perMillion
  }
  return sum
}
