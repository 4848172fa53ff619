import { request } from '../api/request.ts'

/** What the centre says of us. The session itself is a cookie that this code can't read. */
export type Standing = 'signed-in' | 'signed-out' | 'unreachable'
export type SignInAnswer = 'signed-in' | 'refused' | 'unreachable'

/** `/v1/live` is an EventSource, which can't tell a 401 from a lost connection: this can. */
export async function askStanding(): Promise<Standing> {
  const answered = await request<{ readonly person: object | null }>('/session')
  if (!answered.ok) return answered.problem.status === 401 ? 'signed-out' : 'unreachable'
  return answered.value.person === null ? 'signed-out' : 'signed-in'
}

export async function openSession(key: string): Promise<SignInAnswer> {
  const status = await statusOf('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  })
  if (status === null || status >= 500 || status === 429) return 'unreachable'
  return status < 400 ? 'signed-in' : 'refused'
}

/** False when the centre did not confirm it: the cookie may still be good. */
export async function closeSession(): Promise<boolean> {
  const status = await statusOf('/session', { method: 'DELETE' })
  return status !== null && (status < 400 || status === 401)
}

/** The key of `/#key=…`, taken out of the address at once so that it is neither kept, shared nor bookmarked. */
export function takeKeyFromAddress(): string | null {
  const key = new URLSearchParams(window.location.hash.slice(1)).get('key')
  if (key === null) return null
  window.history.replaceState(null, '', window.location.pathname + window.location.search)
  return key.trim() || null
}

/** Why a sign-in at the provider failed, of `/#refused=…`, taken out of the address at once. */
export function takeRefusalFromAddress(): string | null {
  const code = new URLSearchParams(window.location.hash.slice(1)).get('refused')
  if (code === null) return null
  window.history.replaceState(null, '', window.location.pathname + window.location.search)
  return REFUSED_BY_PROVIDER[code] ?? REFUSED_BY_PROVIDER['not-proven']!
}

const REFUSED_BY_PROVIDER: Readonly<Record<string, string>> = {
  'not-begun': 'That sign-in was not begun in this browser, or took too long. Try again.',
  declined: 'The sign-in was cancelled.',
  'no-role': 'You are known, but have no role at this centre. Ask whoever looks after it for one.',
  'not-proven': 'The sign-in could not be verified. Try again, or ask whoever looks after this centre.',
}

const ANSWER_WITHIN_MS = 10_000

async function statusOf(path: string, init: RequestInit): Promise<number | null> {
  try {
    const response = await fetch(path, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    return response.status
  } catch {
    return null
  }
}
