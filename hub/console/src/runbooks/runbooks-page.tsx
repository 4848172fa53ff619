import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { PageHead } from '../parts/page-head.tsx'
import { RUNBOOKS } from './runbook-files.ts'

/** What to do when something is wrong, by what one sees. */
export default function RunbooksPage(): ReactNode {
  return (
    <>
      <PageHead
        title="Runbooks"
        hint="What to do, by what one sees. An alert shows the one that it is for."
      />
      <ul className="contents">
        {RUNBOOKS.map(({ name, title }) => (
          <li key={name}>
            <Link href={`/runbooks/${name}`}>{title}</Link>
          </li>
        ))}
      </ul>
    </>
  )
}
