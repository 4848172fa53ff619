import type * as z from 'zod'
import { CanonicalEvent, type EventOf, type EventType } from '../../shared/contract/events.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { Refusal } from './connector.ts'

/** Branded ids as plain text: the check below gives the brand. Absent parts may be written as undefined. */
type Loose<T> = T extends string
  ? string
  : T extends readonly (infer U)[]
    ? readonly Loose<U>[]
    : T extends object
      ? { [K in keyof T as string extends K ? never : K]: Loose<T[K]> | undefined }
      : T

type EventDraft<T extends EventType> = {
  readonly type: T
  readonly id: string
  readonly source: string
  readonly at: Instant
  readonly subject?: string | undefined
  readonly businesskey?: string | undefined
  /** The source's own counter. */
  readonly sequence?: number
  readonly data: Loose<EventOf<T>['data']>
}

/**
 * A canonical event, checked against its schema, so that what a connector hands on is what the ledger may trust.
 * A business key that is too long is left out: the id alone then recognises the fact.
 */
export function canonicalEvent<T extends EventType>(
  draft: EventDraft<T>,
  where: string,
): Result<CanonicalEvent, Refusal> {
  const { at, subject, businesskey, data, ...rest } = draft
  const hasKey = businesskey !== undefined && businesskey.length <= NAME_CHARS_MAX
  return checkedEvent(
    {
      specversion: '1.0',
      ...rest,
      time: formatInstant(at),
      ...(subject === undefined ? {} : { subject }),
      ...(hasKey ? { businesskey } : {}),
      data: withoutUndefined(data as Readonly<Record<string, unknown>>),
    },
    where,
  )
}

/** The envelope's limit for names. */
const NAME_CHARS_MAX = 256

export function checkedEvent(candidate: unknown, where: string): Result<CanonicalEvent, Refusal> {
  const checked = CanonicalEvent.safeParse(candidate)
  return checked.success ? ok(checked.data) : err(schemaRefusal(candidate, checked.error.issues, where))
}

const withoutUndefined = (data: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined))

/** The more the detail says, the sooner the sender is called; but a thousand wrong lines are told by the first few. */
const ISSUES_SHOWN_MAX = 5

function schemaRefusal(candidate: unknown, issues: readonly z.core.$ZodIssue[], where: string): Refusal {
  const shown = issues.slice(0, ISSUES_SHOWN_MAX).map((issue) => `${pathOf(issue)} ${issue.message}`)
  const more = issues.length > ISSUES_SHOWN_MAX ? `, and ${issues.length - ISSUES_SHOWN_MAX} more` : ''
  const isFraction = issues.some((issue) => isFractionAt(candidate, issue.path))
  return {
    class: isFraction ? 'unit' : 'malformed',
    code: isFraction ? 'not-whole' : 'invalid-event',
    detail: `${where}: ${shown.join('; ')}${more}`,
  }
}

const pathOf = (issue: z.core.$ZodIssue): string => (issue.path.length === 0 ? 'event' : issue.path.join('.'))

function isFractionAt(candidate: unknown, path: readonly PropertyKey[]): boolean {
  let value = candidate
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return typeof value === 'number' && Number.isFinite(value) && !Number.isInteger(value)
}
