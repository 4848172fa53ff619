import type { Runbook } from './markdown.ts'

/** docs/runbooks as they were when the console was built: titles at once, each page when it is opened. */
const TITLES = import.meta.glob<string>('../../../../docs/runbooks/*.md', {
  query: '?title',
  import: 'title',
  eager: true,
})
const PAGES = import.meta.glob<Runbook>('../../../../docs/runbooks/*.md', { import: 'runbook' })

const pathOf = (name: string): string => `../../../../docs/runbooks/${name}.md`
const nameOf = (path: string): string => /([^/]+)\.md$/.exec(path)![1]!

export const RUNBOOKS: readonly { readonly name: string; readonly title: string }[] = Object.entries(TITLES)
  .map(([path, title]) => ({ name: nameOf(path), title }))
  .toSorted((a, b) => a.title.localeCompare(b.title))

/** Null when there is none by that name. */
export const loadRunbook = (name: string): Promise<Runbook> | null => PAGES[pathOf(name)]?.() ?? null
