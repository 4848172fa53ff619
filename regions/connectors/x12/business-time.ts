import { type Instant, parseInstant } from '../../../shared/kernel/clock.ts'
import type { Envelope } from './envelope.ts'
import { atZone } from './time-zone.ts'
import { at, type Segment } from './tokenize.ts'

/**
 * When something happened, by the document's own words. Most X12 times carry no zone: they are read as UTC.
 * Many partners give only the day. Then the envelope's time stands for it if it is of the same day; otherwise the edge of
 * the day that can't make us sell what isn't there: what takes stock away counts as late in the day (so that a count of
 * that day doesn't swallow it), what brings stock counts as early.
 */
export type DayEdge = 'start' | 'end'

export function businessInstant(
  date: string,
  time: string,
  envelope: Envelope,
  edge: DayEdge,
): Instant | null {
  const day = parseDay(date)
  if (day === null) return null
  const clock = parseClock(time)
  if (clock !== null) return parseInstant(`${day}T${clock}Z`)
  const sent = envelopeInstant(envelope)
  if (sent !== null && parseDay(envelope.date) === day) return sent
  return parseInstant(edge === 'start' ? `${day}T00:00:00Z` : `${day}T23:59:59.999Z`)
}

/** A DTM's day, time and zone (02, 03, 04). */
export function statedInstant(dtm: Segment, envelope: Envelope, edge: DayEdge): Instant | null {
  const [date, time, zone] = [at(dtm, 2), at(dtm, 3), at(dtm, 4)]
  const instant = businessInstant(date, time, envelope, edge)
  return instant === null || parseClock(time) === null ? instant : atZone(instant, zone)
}

function envelopeInstant({ date, time }: Envelope): Instant | null {
  const day = parseDay(date)
  const clock = parseClock(time)
  return day === null || clock === null ? null : parseInstant(`${day}T${clock}Z`)
}

/** CCYYMMDD, or YYMMDD as up to release 3: years from 70 on are of the last century. Null for what is no day. */
export function parseDay(text: string): string | null {
  const m = /^(\d{2})?(\d{2})(\d{2})(\d{2})$/.exec(text)
  if (!m) return null
  const century = m[1] ?? (Number(m[2]) >= 70 ? '19' : '20')
  const day = `${century}${m[2]}-${m[3]}-${m[4]}`
  return parseInstant(`${day}T00:00:00Z`) === null ? null : day
}

/** HHMM, HHMMSS, HHMMSSD or HHMMSSDD. */
function parseClock(text: string): string | null {
  const m = /^([01]\d|2[0-3])([0-5]\d)(?:([0-5]\d)(\d{1,2})?)?$/.exec(text)
  return m ? `${m[1]}:${m[2]}:${m[3] ?? '00'}.${m[4] ?? '0'}` : null
}
