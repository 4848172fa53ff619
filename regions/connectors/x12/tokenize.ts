import { guessSeparators, readIsa, type Separators } from './separators.ts'

/** `elements[1]` is the standard's 01, `elements[0]` the segment's name; an element that isn't there reads as ''. */
export type Segment = {
  readonly name: string
  readonly elements: readonly string[]
  readonly component: string
}

/** What one sender put between ISA and IEA, or a stretch of segments that came without an envelope. */
export type Chunk = { readonly isa: readonly string[] | null; readonly segments: readonly Segment[] }

export type Tokens = {
  readonly chunks: readonly Chunk[]
  /** ST segments as a plain search of the text finds them: no transaction may be lost between here and the mappers. */
  readonly countOfSt: number
  readonly warnings: readonly string[]
}

export const at = (segment: Segment, position: number): string => segment.elements[position] ?? ''

/** A file as segments. Knows nothing of what they mean, and never fails: what is no X12 gives no chunks. */
export function tokenize(raw: string): Tokens {
  // Padding of old transfer programs: NUL, and the end-of-file mark of DOS. A mainframe's NL ends lines too.
  const text = raw
    .replaceAll('\0', '')
    .replaceAll('\u001A', '')
    .replaceAll(/[\u0085\u2028\u2029]/g, '\n')
  const warnings: string[] = []
  const chunks: Chunk[] = []
  const starts = [...text.matchAll(ISA_HEAD)].map((m) => m.index)
  const head = text.slice(0, starts[0] ?? text.length)
  const headChunk = bareChunk(head)
  if (headChunk) chunks.push(headChunk)
  else if (starts.length > 0 && head.trim() !== '') {
    warnings.push(`${head.length} characters before the first ISA are not X12; they were passed over`)
  }
  for (const [n, start] of starts.entries()) {
    const part = text.slice(start, starts[n + 1] ?? text.length)
    const isa = readIsa(part, 0)
    if (isa) {
      chunks.push({ isa: isa.elements, segments: segmentsOf(part, isa.separators).slice(1) })
      continue
    }
    warnings.push(`the ISA at character ${start} is not whole; its separators were guessed`)
    const guessed = bareChunk(part)
    if (guessed) chunks.push(guessed)
  }
  return { chunks, countOfSt: countSt(text), warnings }
}

const ISA_HEAD = /(?<![A-Za-z0-9])ISA(?=([^A-Za-z0-9\s])[0-9]{0,2}\s{0,2}\1)/g

function bareChunk(text: string): Chunk | null {
  const separators = guessSeparators(text)
  if (!separators) return null
  const start = text.search(headPattern(separators.element))
  return start < 0 ? null : { isa: null, segments: segmentsOf(text.slice(start), separators) }
}

/** From the group header if there is one, else from the first transaction. */
const headPattern = (element: string): RegExp =>
  new RegExp(`(?<![A-Za-z0-9])(GS|ST)${element.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)}`)

function segmentsOf(text: string, { element, component, terminator }: Separators): Segment[] {
  const isByLine = terminator === '\n'
  const segments: Segment[] = []
  for (const raw of isByLine ? text.split(/\r\n|\n|\r/) : text.split(terminator)) {
    // Lines broken at 80 columns, and a newline after each terminator, are no data.
    const line = (isByLine ? raw : raw.replaceAll(/[\r\n]/g, '')).trim()
    if (line === '') continue
    const elements = line.split(element).map((it) => it.trim())
    segments.push({ name: elements[0]!, elements, component })
  }
  return segments
}

function countSt(text: string): number {
  let count = 0
  for (const m of text.matchAll(/(?<![A-Za-z0-9])ST([^A-Za-z0-9\s])\d{3}\1/g)) {
    // `N1*ST*123*` is an element, not a segment.
    if (text[m.index - 1] !== m[1]) count++
  }
  return count
}
