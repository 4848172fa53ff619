import type { Instant } from '../../../shared/kernel/clock.ts'
import { digestBytes } from '../../../shared/kernel/hash64.ts'

/**
 * The id of a word on how something is by now: what it says, and as of when. Told again it is the same, and of two that fall into
 * one moment neither hides the other.
 */
export const stateId = (name: string, at: Instant, said: unknown): string =>
  `${name}/${at}/${digestBytes(new TextEncoder().encode(JSON.stringify(said)))}`
