import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { PageHead } from '../parts/page-head.tsx'
import { usePathParam } from '../shell/path-param.ts'
import { Runbook } from './runbook.tsx'

export default function RunbookPage(): ReactNode {
  return (
    <>
      <PageHead title="Runbook">
        <Link href="/runbooks">All runbooks</Link>
      </PageHead>
      <Runbook name={usePathParam('name')}>{(title) => <h2 id="runbook">{title}</h2>}</Runbook>
    </>
  )
}
