/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

/** The port through which anything outside the pure core learns the time. */
export type Clock = { readonly now: () => Instant }

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

const MS_PER_DAY = 86_400_000

/**
 * RFC 3339 to an Instant, or null when it is not one (calendar-checked, so 2026-02-30 is null).
 * Digits past the millisecond are cut off: the ledger orders by milliseconds.
 */
export function parseInstant(text: string): Instant | null {
  return parseOwnForm(text) ?? parseAnyForm(text)
}

// The last day seen: events come in the order of time, so one answer serves thousands.
let dayText = ''
let dayStart = 0

/** The form we write ourselves (`2026-11-23T16:00:00.000Z`), read without a regular expression: it is in every fact. */
function parseOwnForm(text: string): Instant | null {
  if (text.length !== 24 || text.charCodeAt(10) !== 84 || text.charCodeAt(23) !== 90) return null
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58 || text.charCodeAt(19) !== 46) return null
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)]
  const ms = twoDigits(text, 20) * 10 + (twoDigits(text, 21) % 10)
  if (!(hour < 24 && minute < 60 && second < 60 && ms < 1000)) return null
  if (!text.startsWith(dayText) || dayText === '') {
    const midnight = parseAnyForm(`${text.slice(0, 10)}T00:00:00Z`)
    if (midnight === null) return null
    dayText = text.slice(0, 10)
    dayStart = midnight
  }
  return dayStart + (hour * 60 + minute) * 60_000 + second * 1000 + ms
}

/** NaN when one of them is no digit, and NaN is less than nothing. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

function parseAnyForm(text: string): Instant | null {
  const m = RFC_3339.exec(text)
  if (!m) return null
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  if (hour > 23 || minute > 59 || second > 60) return null
  const ms = Number((m[7] ?? '').padEnd(3, '0').slice(0, 3) || '0')
  const offsetMin = m[8] ? (m[8] === '-' ? -1 : 1) * (Number(m[9]) * 60 + Number(m[10])) : 0
  return (
    daysFromCivil(year, month, day) * MS_PER_DAY +
    ((hour * 60 + minute - offsetMin) * 60 + second) * 1000 +
    ms
  )
}

/** An Instant as RFC 3339 UTC with milliseconds, e.g. `2026-11-23T16:00:00.000Z`. */
export function formatInstant(at: Instant): string {
  if (at !== lastText.at) lastText = { at, text: textOf(at) }
  return lastText.text
}

/** What is told together is told of one moment. */
let lastText = { at: Number.NaN, text: '' }

function textOf(at: Instant): string {
  const day = Math.floor(at / MS_PER_DAY)
  const ms = at - day * MS_PER_DAY
  const hours = TWO[Math.floor(ms / 3_600_000)]!
  const minutes = TWO[Math.floor(ms / 60_000) % 60]!
  const seconds = TWO[Math.floor(ms / 1000) % 60]!
  return `${dateOf(day)}T${hours}:${minutes}:${seconds}.${pad(ms % 1000, 3)}Z`
}

const pad = (n: number, width: number): string => String(n).padStart(width, '0')
const TWO: readonly string[] = Array.from({ length: 60 }, (_, n) => pad(n, 2))

/** Nearly all moments that are written down one after the other are of one day. */
let written = { day: Number.NaN, date: '' }

function dateOf(day: number): string {
  if (day !== written.day) {
    const { year, month, date } = civilFromDays(day)
    written = { day, date: `${pad(year, 4)}-${pad(month, 2)}-${pad(date, 2)}` }
  }
  return written.date
}

/** The UTC day an Instant falls in, as `YYYY-MM-DD`. */
export const dayOf = (at: Instant): string => dateOf(Math.floor(at / MS_PER_DAY))

export const startOfDay = (at: Instant): Instant => Math.floor(at / MS_PER_DAY) * MS_PER_DAY

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

// Howard Hinnant's civil calendar: exact for any year, and it needs no Date.
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yoe = y - era * 400
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719_468
}

function civilFromDays(days: number): { year: number; month: number; date: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const doe = z - era * 146_097
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  )
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    date: doy - Math.floor((153 * mp + 2) / 5) + 1,
  }
}
