import { type Instant, parseInstant } from '../../../shared/kernel/clock.ts'

const HOUR_MS = 3_600_000

/** Time codes (element 623) of a place's own time: it changes with the season. */
const PLACES: Readonly<Record<string, string>> = {
  AT: 'America/Halifax',
  CT: 'America/Chicago',
  ET: 'America/New_York',
  HT: 'Pacific/Honolulu',
  MT: 'America/Denver',
  NT: 'America/St_Johns',
  PT: 'America/Los_Angeles',
  TT: 'America/Anchorage',
}
/** And those that are always as far from UTC, in hours. */
const HOURS: Readonly<Record<string, number>> = {
  UT: 0,
  GM: 0,
  AS: -4,
  AD: -3,
  ES: -5,
  ED: -4,
  CS: -6,
  CD: -5,
  MS: -7,
  MD: -6,
  PS: -8,
  PD: -7,
  HS: -10,
  TS: -9,
  TD: -8,
}

/** A wall clock's time, given as if it were UTC, at the place that an X12 time code names; an unknown code is UTC. */
export function atZone(wall: Instant, code: string): Instant {
  const hours = HOURS[code] ?? hoursOfNumber(code)
  if (hours !== undefined) return wall - hours * HOUR_MS
  const place = PLACES[code]
  if (place === undefined) return wall
  // The offset at the moment that is meant: looked up where it is about, then where that leads.
  const about = wall - offsetMs(wall, place)
  return wall - offsetMs(about, place)
}

/** 01 to 12 are hours ahead of UTC, 13 to 24 are 12 to 1 behind. */
function hoursOfNumber(code: string): number | undefined {
  if (!/^(0[1-9]|1\d|2[0-4])$/.test(code)) return undefined
  const number = Number(code)
  return number <= 12 ? number : number - 25
}

const formats = new Map<string, Intl.DateTimeFormat>()

function offsetMs(instant: Instant, timeZone: string): number {
  let format = formats.get(timeZone)
  if (!format) {
    const two = '2-digit'
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    })
    formats.set(timeZone, format)
  }
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
  const { year, month, day, hour, minute, second } = part
  const wall = parseInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return wall! - Math.floor(instant / 1000) * 1000
}
