import { at, type Segment } from './tokenize.ts'

/** A line of a document: its own segment, and what follows up to the next line. */
export type Line = {
  /** The number the document gives it (LX, LIN01), else its place; never twice in a document. */
  readonly number: string
  readonly head: Segment
  readonly body: readonly Segment[]
}

/** Lines that carry their own number, as their first element. */
const NUMBERED = new Set(['LIN', 'PO1', 'POC'])

export type Lines = { readonly header: readonly Segment[]; readonly lines: readonly Line[] }

/**
 * Cuts a transaction into its header and its lines. An LX numbers the line that follows; several lines under one LX
 * (`LX*1, W12, W12`) become `1` and `1.2`.
 */
export function linesOf(segments: readonly Segment[], name: string): Lines {
  const header: Segment[] = []
  const lines: { number: string; head: Segment; body: Segment[] }[] = []
  const seen = new Map<string, number>()
  let lx = ''
  for (const segment of segments) {
    if (segment.name === 'LX') lx = /^\d{1,6}/.exec(at(segment, 1))?.[0] ?? ''
    else if (segment.name === name) {
      const own = (NUMBERED.has(name) ? at(segment, 1) : lx) || String(lines.length + 1)
      const times = (seen.get(own) ?? 0) + 1
      seen.set(own, times)
      lines.push({ number: times === 1 ? own : `${own}.${times}`, head: segment, body: [] })
    } else if (lines.length === 0) header.push(segment)
    else lines.at(-1)!.body.push(segment)
  }
  return { header, lines }
}
