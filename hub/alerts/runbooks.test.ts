import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Block, type Inline, runbookOf } from '../console/src/runbooks/markdown.ts'
import { RULES_DEFAULT } from './alert-rule.ts'

const FOLDER = new URL('../../docs/runbooks', import.meta.url).pathname
const NAMES = readdirSync(FOLDER).map((file) => file.replace(/\.md$/, ''))

test('whoever is called for something is told what to do', () => {
  const missing = Object.values(RULES_DEFAULT)
    .map(({ runbook }) => runbook)
    .filter((name) => !NAMES.includes(name))
  expect(missing).toEqual([])
})

describe.each(NAMES)('the runbook %s', (name) => {
  const { title, blocks } = runbookOf(readFileSync(join(FOLDER, `${name}.md`), 'utf8'))

  test('is understood by the console', () => {
    expect(title).not.toBe('')
    expect(blocks.length).toBeGreaterThan(0)
    expect(words(blocks).filter((it) => /\*\*|^\s*(- |\d+\. |\||#)|\]\(/.test(it))).toEqual([])
  })

  test('leads only to what is there', () => {
    const away = links(blocks).filter((it) => !existsSync(join(FOLDER, it.replace(/#.*$/, ''))))
    expect(away).toEqual([])
  })
})

const inlines = (block: Block): readonly Inline[] => {
  if (block.kind === 'list') return block.items.flatMap((item) => item.flatMap(inlines))
  if (block.kind === 'table') return [...block.head, ...block.rows.flat()].flat()
  return block.kind === 'code' ? [] : block.text
}
const deep = (it: Inline): Inline[] => {
  if (typeof it === 'string' || 'code' in it) return [it]
  return [it, ...('bold' in it ? it.bold : it.text).flatMap(deep)]
}
const all = (blocks: readonly Block[]) => blocks.flatMap(inlines).flatMap(deep)
const words = (blocks: readonly Block[]) => all(blocks).filter((it) => typeof it === 'string')
const links = (blocks: readonly Block[]) =>
  all(blocks).flatMap((it) => (typeof it === 'object' && 'link' in it ? [it.link] : []))
