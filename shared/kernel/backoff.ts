import type { Random } from './random.ts'

export type Backoff = { readonly firstMs: number; readonly mostMs: number }

/** Full jitter: anything up to what doubling gives, so that what failed together does not come back together. */
export const backoffMs = ({ firstMs, mostMs }: Backoff, attempts: number, random: Random): number =>
  random.int(1, 1 + Math.min(mostMs, firstMs * 2 ** Math.min(attempts - 1, 30)))
