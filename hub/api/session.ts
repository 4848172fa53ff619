import { createHmac } from 'node:crypto'
import { secretEquals } from '../../shared/node/secrets.ts'

/** A signed-in browser: the cookie says until when, and proves that we wrote it. It never holds the key. */
export const SESSION_COOKIE = 'plimsoll-session'
export const SESSION_MS = 12 * 3_600_000

export const newSession = (key: string, now: number): string => {
  const until = String(now + SESSION_MS)
  return `${until}.${macOf(key, until)}`
}

export function isSession(cookie: string | undefined, key: string, now: number): boolean {
  const [until = '', mac = ''] = (cookie ?? '').split('.')
  return /^\d{13,15}$/.test(until) && secretEquals(mac, macOf(key, until)) && Number(until) > now
}

const macOf = (key: string, until: string): string =>
  createHmac('sha256', key).update(`console-session.${until}`).digest('base64url')
