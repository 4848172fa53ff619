import * as z from 'zod'
import { type Instant, parseInstant } from '../kernel/clock.ts'

/** An earlier moment: a time, or the `version` that an answer carried (the journal sequence it reflects). */
export type Moment = { readonly at: Instant } | { readonly version: number }

/** `asOf=2026-11-20T10:00:00Z`, or `asOf=version:12345`. */
export const AsOf = z
  .string()
  .max(40)
  .transform((text, context): Moment => {
    const version = /^version:(\d{1,15})$/.exec(text)
    if (version) return { version: Number(version[1]) }
    const at = parseInstant(text)
    if (at !== null) return { at }
    context.addIssue({ code: 'custom', message: 'neither an RFC 3339 time nor version:N' })
    return z.NEVER
  })
