import { createElement, type ReactNode } from 'react'
import { Link } from 'wouter'
import { type Block, type Inline, plainText } from './markdown.ts'

/** Headings stand one level below the page's own. */
export function MarkdownBlocks({ blocks }: { blocks: readonly Block[] }): ReactNode {
  return blocks.map((block, index) => <OneBlock key={index} block={block} />)
}

function OneBlock({ block }: { block: Block }): ReactNode {
  switch (block.kind) {
    case 'heading':
      return createElement(`h${Math.min(6, block.level + 1)}`, {}, <Words text={block.text} />)
    case 'paragraph':
      return (
        <p>
          <Words text={block.text} />
        </p>
      )
    case 'code':
      return (
        <pre className="payload" tabIndex={0}>
          {block.text}
        </pre>
      )
    case 'list': {
      const items = block.items.map((item, index) => (
        <li key={index}>
          <MarkdownBlocks blocks={item} />
        </li>
      ))
      return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>
    }
    case 'table':
      return <Table {...block} />
  }
}

function Table({ head, rows }: Extract<Block, { kind: 'table' }>): ReactNode {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={head.map(plainText).join(', ')}>
      <table>
        <thead>
          <tr>
            {head.map((cell, index) => (
              <th key={index} scope="col">
                <Words text={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} className="prose">
                  <Words text={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Words({ text }: { text: readonly Inline[] }): ReactNode {
  return text.map((it, index) => {
    if (typeof it === 'string') return it
    if ('code' in it) return <code key={index}>{it.code}</code>
    if ('bold' in it)
      return (
        <strong key={index}>
          <Words text={it.bold} />
        </strong>
      )
    const runbook = /^([a-z0-9-]+)\.md$/.exec(it.link)?.[1]
    const words = <Words text={it.text} />
    if (runbook !== undefined)
      return (
        <Link key={index} href={`/runbooks/${runbook}`}>
          {words}
        </Link>
      )
    // Other documents are not part of the console: it is said where they are.
    return (
      <span key={index}>
        {words} (<code>{it.link.replace(/^\.\.\//, 'docs/')}</code>)
      </span>
    )
  })
}
