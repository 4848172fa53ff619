/** What separates elements, and what ends segments. X12 leaves both to the sender; the ISA segment shows them. */
export type Separators = {
  readonly element: string
  readonly component: string
  /** `\n` stands for every kind of line end. */
  readonly terminator: string
}

export type IsaHead = { readonly separators: Separators; readonly elements: readonly string[] }

const ISA_ELEMENTS = 16
/** A padded ISA is 106 characters; a sender's own padding may be longer, the next document's is not meant. */
const ISA_CHARS_MAX = 400

/**
 * Reads the separators off an ISA, by counting separators instead of columns, as padding is often collapsed. Null when
 * that leads nowhere, as in a header that was cut off.
 */
export function readIsa(text: string, at: number): IsaHead | null {
  const element = text[at + 3]
  if (element === undefined) return null
  let pos = at + 3
  const elements = ['ISA']
  for (let n = 1; n < ISA_ELEMENTS; n++) {
    const next = text.indexOf(element, pos + 1)
    if (next < 0 || next - at > ISA_CHARS_MAX) return null
    elements.push(text.slice(pos + 1, next).trim())
    pos = next
  }
  for (const componentChars of [1, 0]) {
    const end = pos + 1 + componentChars
    const terminator = terminatorAt(text, end)
    if (terminator === null || terminator === element || !isSegmentNext(text, end + 1, element)) continue
    const component = text.slice(pos + 1, end)
    return { separators: { element, component, terminator }, elements: [...elements, component] }
  }
  return null
}

const BARE_ST = /ST([^A-Za-z0-9\s])\d{3}\1[A-Za-z0-9]{1,9} *(?:\1[A-Za-z0-9]*)*(\r?\n|\r|[^A-Za-z0-9\s])/

/** Separators of a document without a usable ISA, as its first ST segment shows them. */
export function guessSeparators(text: string): Separators | null {
  const m = BARE_ST.exec(text)
  if (!m) return null
  const element = m[1]!
  const terminator = /[\r\n]/.test(m[2]!) ? '\n' : m[2]!
  return terminator === element ? null : { element, component: '>', terminator }
}

function terminatorAt(text: string, at: number): string | null {
  const ch = text[at]
  if (ch === undefined || /[A-Za-z0-9 ]/.test(ch)) return null
  return ch === '\r' || ch === '\n' ? '\n' : ch
}

function isSegmentNext(text: string, at: number, element: string): boolean {
  const next = /^\s*([A-Z][A-Z0-9]{1,2})(.)/.exec(text.slice(at, at + 16))
  return next === null ? text.slice(at).trim() === '' : next[2] === element
}
