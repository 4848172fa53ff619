import { useCallback, useEffect, useState } from 'react'
import type { Problem } from '../../../../shared/contract/problem.ts'
import { request } from './request.ts'

type Asked<T> = {
  /** The latest answer; it stays while it is asked again. */
  readonly data: T | null
  readonly problem: Problem | null
  readonly isLoading: boolean
  readonly reload: () => void
}

type Held<T> = { readonly path: string | null; readonly data: T | null; readonly problem: Problem | null }

/** Asks (GET) for as long as it is shown, again when the path changes, and every so often where wished. Null asks nothing. */
export function useAsked<T>(path: string | null, { everyMs }: { readonly everyMs?: number } = {}): Asked<T> {
  const [held, setHeld] = useState<Held<T>>({ path: null, data: null, problem: null })
  const [turn, setTurn] = useState(0)
  const reload = useCallback(() => setTurn((before) => before + 1), [])

  useEffect(() => {
    if (path === null) return
    const abort = new AbortController()
    const ask = async () => {
      const answered = await request<T>(path, { signal: abort.signal })
      if (abort.signal.aborted) return
      setHeld((before) =>
        answered.ok
          ? { path, data: answered.value, problem: null }
          : { path, data: before.path === path ? before.data : null, problem: answered.problem },
      )
    }
    void ask()
    const timer = everyMs === undefined ? undefined : setInterval(() => void ask(), everyMs)
    return () => {
      clearInterval(timer)
      abort.abort()
    }
  }, [path, everyMs, turn])

  const isOfPath = held.path === path
  return {
    data: isOfPath ? held.data : null,
    problem: isOfPath ? held.problem : null,
    isLoading: path !== null && !isOfPath,
    reload,
  }
}
