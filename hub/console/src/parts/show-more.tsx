import type { ReactNode } from 'react'

/** The next page of a list; nothing where that was the last one. */
export const ShowMore = ({
  more,
  words = 'Show more',
}: {
  more: (() => void) | null
  words?: string
}): ReactNode =>
  more !== null && (
    <button type="button" className="more" onClick={more}>
      {words}
    </button>
  )
