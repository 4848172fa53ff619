import type { Problem } from '../../../../shared/contract/problem.ts'

export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem }

const WITHIN_MS = 15_000

/** Asks whoever serves these pages; what goes wrong on the way is a problem like any other. */
export async function request<T>(path: string, init: RequestInit = {}): Promise<Answered<T>> {
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(WITHIN_MS), ...(init.signal ? [init.signal] : [])])
    const response = await fetch(path, { ...init, signal })
    const text = await response.text()
    const body: unknown = text === '' ? null : JSON.parse(text)
    if (response.ok) return { ok: true, value: body as T }
    return { ok: false, problem: problemIn(body, response.status) }
  } catch {
    return { ok: false, problem: problemOf('No answer: look at the connection, and try again', 0) }
  }
}

const problemOf = (title: string, status: number): Problem => ({ type: 'about:blank', title, status })

const problemIn = (body: unknown, status: number): Problem =>
  typeof body === 'object' && body !== null && 'title' in body
    ? (body as Problem)
    : problemOf(`It was answered ${status}`, status)
