import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { SIGNATURE_HEADER, signedBytes } from '../contract/push.ts'
import type { Instant } from '../kernel/clock.ts'

export const sha256Hex = (text: string): string => hash('sha256', text, 'hex')

/** Equality in constant time whatever the lengths. */
export const secretEquals = (a: string, b: string): boolean => secretMatcher(b)(a)

/**
 * The same for a secret that is asked about again and again. What is compared is as long as the secret whatever was given,
 * so that the time says nothing of it; hashing both would cost a request more than the rest of letting it in.
 */
export function secretMatcher(secret: string): (given: string) => boolean {
  const expected = Buffer.from(secret)
  const compared = Buffer.alloc(expected.length)
  return (given) => {
    const length = Buffer.byteLength(given)
    compared.fill(0)
    compared.write(given)
    return timingSafeEqual(compared, expected) && length === expected.length
  }
}

/** A fresh key, e.g. `plk_…` for a channel. 192 bits. */
export const newKey = (prefix: string): string => `${prefix}_${randomBytes(24).toString('base64url')}`

/** The header that proves a push comes from its region (contract/push.ts). */
export function signPush(
  region: string,
  body: Uint8Array,
  key: { readonly id: string; readonly secret: string },
  at: Instant,
): Record<string, string> {
  const mac = createHmac('sha256', key.secret)
    .update(signedBytes(at, region, body))
    .digest('hex')
  return { [SIGNATURE_HEADER]: `t=${at},k=${key.id},v1=${mac}` }
}
