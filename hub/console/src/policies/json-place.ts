/** Where something stands in a text, as a selection has it: from the first character to behind the last. */
export type Place = { readonly from: number; readonly to: number }

/**
 * Where the value at a path (`rules.0.cap`) stands in a JSON text that can be parsed; of a path that leads nowhere, what it
 * leads to last.
 */
export function placeOf(text: string, path: string): Place {
  let from = skip(text, 0)
  for (const name of path === '' ? [] : path.split('.')) {
    const inner = childOf(text, from, name)
    if (inner === null) break
    from = inner
  }
  return { from, to: endOf(text, from) }
}

/** The line of a character, counted from 1. */
export const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length

const STRING = /"(?:[^"\\]|\\.)*"/y
const PLAIN = /[^\s,\]}]+/y

function childOf(text: string, from: number, name: string): number | null {
  const isList = text[from] === '['
  if (!isList && text[from] !== '{') return null
  let at = skip(text, from + 1)
  for (let index = 0; at < text.length && text[at] !== '}' && text[at] !== ']'; index++) {
    let found = String(index)
    if (!isList) {
      const end = endOf(text, at)
      found = String(JSON.parse(text.slice(at, end)))
      at = skip(text, skip(text, end) + 1)
    }
    if (found === name) return at
    at = skip(text, endOf(text, at))
    if (text[at] === ',') at = skip(text, at + 1)
  }
  return null
}

/** Behind the value that begins here. */
function endOf(text: string, from: number): number {
  let depth = 0
  let at = from
  do {
    const ch = text[at]
    if (ch === '{' || ch === '[') depth++
    else if (ch === '}' || ch === ']') depth--
    const token = ch === '"' ? STRING : depth === 0 && ch !== '}' && ch !== ']' ? PLAIN : null
    if (token === null) at++
    else {
      token.lastIndex = at
      at += Math.max(1, token.exec(text)?.[0].length ?? 1)
    }
  } while (depth > 0 && at < text.length)
  return at
}

function skip(text: string, from: number): number {
  let at = from
  while (/\s/.test(text[at] ?? '')) at++
  return at
}
