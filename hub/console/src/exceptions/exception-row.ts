import type { ExceptionRecord } from '../../../../shared/contract/exceptions.ts'

export type ExceptionRow = ExceptionRecord

export const ExceptionStates: readonly ExceptionRow['status'][] = ['open', 'replayed', 'discarded']
export const ExceptionClasses: readonly ExceptionRow['class'][] = [
  'malformed',
  'unauthenticated',
  'unknown-code',
  'unit',
  'conflict',
  'control-total',
  'out-of-policy',
  'unmatched',
]

const SHOWN_BYTES_MAX = 64 * 1024

/** Bytes as text where they are text, else in hexadecimal; a long one by its beginning. */
export function payloadText(base64: string): { readonly text: string; readonly isWhole: boolean } {
  const bytes = Uint8Array.from(atob(base64), (ch) => ch.charCodeAt(0))
  const shown = bytes.subarray(0, SHOWN_BYTES_MAX)
  const isWhole = shown.length === bytes.length
  try {
    return { text: readable(new TextDecoder('utf-8', { fatal: isWhole }).decode(shown)), isWhole }
  } catch {
    return { text: [...shown].map((byte) => byte.toString(16).padStart(2, '0')).join(' '), isWhole }
  }
}

/** JSON is laid out; a document of segments gets a line each. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text.startsWith('ISA') && !text.includes('\n') ? text.replaceAll('~', '~\n') : text
  }
}
