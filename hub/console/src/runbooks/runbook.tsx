import { type ReactNode, useEffect, useState } from 'react'
import { MarkdownBlocks } from './markdown-blocks.tsx'
import type { Runbook as Page } from './markdown.ts'
import { loadRunbook } from './runbook-files.ts'

/** What to do, in place: `children` is given the title, for a heading where it stands. */
export function Runbook({
  name,
  children,
}: {
  name: string
  children: (title: string) => ReactNode
}): ReactNode {
  const [page, setPage] = useState<Page | null | 'none'>(null)
  useEffect(() => {
    let isShown = true
    const show = (it: Page | 'none') => isShown && setPage(it)
    const loading = loadRunbook(name)
    if (loading === null) show('none')
    else void loading.then(show, () => show('none'))
    return () => {
      isShown = false
    }
  }, [name])
  if (page === 'none') return <p className="nothing">There is no runbook of that name.</p>
  if (page === null) return <p className="waiting">Opening the runbook …</p>
  return (
    <section className="panel runbook" aria-labelledby="runbook">
      {children(page.title)}
      <MarkdownBlocks blocks={page.blocks} />
    </section>
  )
}
