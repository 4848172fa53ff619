/** The part of Markdown that our runbooks are written in, as a tree: read when the console is built, drawn as elements. */
export type Inline =
  | string
  | { readonly code: string }
  | { readonly bold: readonly Inline[] }
  | { readonly link: string; readonly text: readonly Inline[] }

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly text: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  /** `start` is null where the items are not numbered. */
  | { readonly kind: 'list'; readonly start: number | null; readonly items: readonly (readonly Block[])[] }
  | {
      readonly kind: 'table'
      readonly head: readonly (readonly Inline[])[]
      readonly rows: readonly (readonly (readonly Inline[])[])[]
    }

export type Runbook = { readonly title: string; readonly blocks: readonly Block[] }

/** The first heading is the title; the rest stands below it. */
export function runbookOf(markdown: string): Runbook {
  const [first, ...others] = blocksOf(markdown.split(/\r?\n/))
  if (first?.kind !== 'heading') throw new Error('a runbook begins with its title')
  return { title: plainText(first.text), blocks: others }
}

const FENCE = /^```/
const HEADING = /^(#{1,4}) (.*)$/
const ITEM = /^(?:(\d+)\.|-) +/
const ROW = /^\|/

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  let at = 0
  const until = (isEnd: (line: string) => boolean): string[] => {
    const from = at
    while (at < lines.length && !isEnd(lines[at]!)) at++
    return lines.slice(from, at)
  }
  while (at < lines.length) {
    const line = lines[at]!
    const heading = HEADING.exec(line)
    if (line.trim() === '') at++
    else if (FENCE.test(line)) {
      at++
      blocks.push({ kind: 'code', text: until((it) => FENCE.test(it)).join('\n') })
      at++
    } else if (heading) {
      at++
      blocks.push({ kind: 'heading', level: heading[1]!.length, text: inlineOf(heading[2]!) })
    } else if (ROW.test(line)) blocks.push(tableOf(until((it) => !ROW.test(it))))
    else if (ITEM.test(line)) {
      const list = listOf(lines.slice(at))
      blocks.push(list.block)
      at += list.length
    } else {
      const text = until(
        (it) => it.trim() === '' || [FENCE, HEADING, ROW, ITEM].some((begin) => begin.test(it)),
      )
      blocks.push({ kind: 'paragraph', text: inlineOf(text.map((it) => it.trim()).join(' ')) })
    }
  }
  return blocks
}

/** Items of one kind, each with what is indented below it; an empty line ends it unless more of it follows. */
function listOf(lines: readonly string[]): { block: Block; length: number } {
  const start = ITEM.exec(lines[0]!)![1]
  const items: string[][] = []
  let at = 0
  let indent = 0
  for (; at < lines.length; at++) {
    const line = lines[at]!
    const marker = ITEM.exec(line)
    if (marker && (marker[1] === undefined) === (start === undefined)) {
      indent = marker[0].length
      items.push([line.slice(indent)])
    } else if (line.startsWith(' '.repeat(indent))) items.at(-1)!.push(line.slice(indent))
    else if (line.trim() === '') {
      const next = lines.slice(at).find((it) => it.trim() !== '') ?? ''
      if (!next.startsWith(' ') && !ITEM.test(next)) break
      items.at(-1)!.push('')
    } else break
  }
  const block = {
    kind: 'list',
    start: start === undefined ? null : Number(start),
    items: items.map(blocksOf),
  }
  return { block: block as Block, length: at }
}

function tableOf([head = '', _line, ...rows]: readonly string[]): Block {
  const cells = (row: string) =>
    row
      .trim()
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => inlineOf(cell.replaceAll('\\|', '|').trim()))
  return { kind: 'table', head: cells(head), rows: rows.map(cells) }
}

const INLINE = /`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/

function inlineOf(text: string): Inline[] {
  const found = INLINE.exec(text)
  if (!found) return text === '' ? [] : [text]
  const [whole, code, bold, linked, link] = found
  const before = text.slice(0, found.index)
  const it: Inline =
    code !== undefined
      ? { code }
      : bold !== undefined
        ? { bold: inlineOf(bold) }
        : { link: link!, text: inlineOf(linked!) }
  return [...(before === '' ? [] : [before]), it, ...inlineOf(text.slice(found.index + whole.length))]
}

/** The words alone. */
export const plainText = (text: readonly Inline[]): string =>
  text
    .map((it) => {
      if (typeof it === 'string') return it
      return 'code' in it ? it.code : plainText('bold' in it ? it.bold : it.text)
    })
    .join('')
