import { hash } from 'node:crypto'
import * as z from 'zod'

/** What makes two sendings one request. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'Idempotency-Key is 1-255 printable ASCII characters')

/** A key or a body in few characters, to be kept and compared. */
export const digestOf = (text: string): string => hash('sha256', text, 'base64url').slice(0, 32)
