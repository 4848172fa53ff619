import type { ReactNode } from 'react'
import type { RegionOverview } from '../../../../shared/contract/centre-api.ts'

type Link = RegionOverview['link']

const WORDS: Record<Link, { now: string; was: string; meaning: string }> = {
  live: { now: 'live', was: 'was live', meaning: 'Heard of within seconds, and all of it taken in' },
  behind: { now: 'behind', was: 'was behind', meaning: 'Heard of, with messages still to take in' },
  silent: { now: 'silent', was: 'was silent', meaning: 'No news: what is shown is the last that is known' },
  never: {
    now: 'never heard of',
    was: 'never heard of',
    meaning: 'No heartbeat of this region has arrived yet',
  },
}

/** A state is a word, a shape and a colour. While we hear nothing from the centre, it is what the state was. */
export function LinkMark({ link, isLost }: { link: Link; isLost: boolean }): ReactNode {
  const { now, was, meaning } = WORDS[link]
  return (
    <p className={`link link-${link}${isLost ? ' link-lost' : ''}`} title={meaning} data-link={link}>
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <Shape link={link} />
      </svg>
      {isLost ? was : now}
    </p>
  )
}

function Shape({ link }: { link: Link }): ReactNode {
  switch (link) {
    case 'live':
      return <circle cx="8" cy="8" r="6" fill="currentColor" />
    case 'behind':
      return <path d="M8 2 15 14H1z" fill="currentColor" />
    case 'silent':
      return <path d="M3 3h10v10H3z" fill="currentColor" />
    case 'never':
      return (
        <circle
          cx="8"
          cy="8"
          r="5"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeDasharray="3 2.2"
        />
      )
  }
}
