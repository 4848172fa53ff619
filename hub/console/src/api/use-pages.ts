import { useCallback, useEffect, useRef, useState } from 'react'
import type { Problem } from '../../../../shared/contract/problem.ts'
import { type Answered, request } from './request.ts'

/** Its rows have a name that differs from list to list. */
type Page = { readonly cursor: string | null; readonly [name: string]: unknown }
type Held<Row> = {
  readonly path: string
  readonly rows: readonly Row[]
  readonly cursor: string | null
  readonly problem: Problem | null
}

type Pages<Row> = {
  readonly rows: readonly Row[]
  readonly problem: Problem | null
  readonly isLoading: boolean
  /** Reads the next page behind what is shown; null when that was the last one. */
  readonly more: (() => void) | null
  readonly reload: () => void
}

/** A list that the centre gives out by pages. While only the first is shown, it is asked again every so often. */
export function usePages<Row>(
  path: string,
  name: string,
  { everyMs }: { everyMs?: number } = {},
): Pages<Row> {
  const [held, setHeld] = useState<Held<Row> | null>(null)
  const [turn, setTurn] = useState(0)
  const pagesShown = useRef(0)
  const reload = useCallback(() => setTurn((before) => before + 1), [])

  useEffect(() => {
    const abort = new AbortController()
    const first = async () => {
      const answer = await request<Page>(path, { signal: abort.signal })
      if (abort.signal.aborted) return
      pagesShown.current = 1
      setHeld((before) =>
        answer.ok
          ? { path, rows: rowsOf<Row>(answer.value, name), cursor: answer.value.cursor, problem: null }
          : { ...(before?.path === path ? before : emptyOf<Row>(path)), problem: answer.problem },
      )
    }
    void first()
    const again = () => {
      if (pagesShown.current === 1) void first()
    }
    const timer = everyMs === undefined ? undefined : setInterval(again, everyMs)
    return () => {
      clearInterval(timer)
      abort.abort()
    }
  }, [path, name, everyMs, turn])

  const current = held?.path === path ? held : null
  const cursor = current?.cursor ?? null
  const more = async () => {
    if (cursor === null) return
    pagesShown.current++
    const answer = await request<Page>(withCursor(path, cursor))
    setHeld((before) => {
      if (before?.path !== path || before.cursor !== cursor) return before
      if (!answer.ok) return { ...before, problem: answer.problem }
      const rows = [...before.rows, ...rowsOf<Row>(answer.value, name)]
      return { path, rows, cursor: answer.value.cursor, problem: null }
    })
  }
  return {
    rows: current?.rows ?? [],
    problem: current?.problem ?? null,
    isLoading: current === null,
    more: cursor === null ? null : () => void more(),
    reload,
  }
}

/** Everything behind a path, page by page, up to so many rows: for a file. */
export async function everyPage<Row>(path: string, name: string, rowsMax: number): Promise<Row[] | Problem> {
  const rows: Row[] = []
  let cursor: string | null = null
  do {
    const answer: Answered<Page> = await request<Page>(cursor === null ? path : withCursor(path, cursor))
    if (!answer.ok) return answer.problem
    rows.push(...rowsOf<Row>(answer.value, name))
    cursor = answer.value.cursor
  } while (cursor !== null && rows.length < rowsMax)
  return rows.slice(0, rowsMax)
}

const rowsOf = <Row>(page: Page, name: string): readonly Row[] => page[name] as readonly Row[]
const emptyOf = <Row>(path: string): Held<Row> => ({ path, rows: [], cursor: null, problem: null })
const withCursor = (path: string, cursor: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`
