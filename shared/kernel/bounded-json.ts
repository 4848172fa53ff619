import { err, ok, type Result } from './result.ts'

export type JsonRefusal = { readonly code: 'not-json' | 'too-deep'; readonly detail: string }

/** Nothing of the trade nests deeper; JSON.stringify and validators overflow at some thousands. */
const JSON_DEPTH_MAX = 64

/**
 * JSON.parse that refuses instead of throwing, looks at the depth before it parses, and keeps integers beyond 2^53
 * as their digits (vendor ids such as Shopify's are larger, and a rounded id names another thing).
 */
export function parseBoundedJson(text: string): Result<unknown, JsonRefusal> {
  if (depthOf(text) > JSON_DEPTH_MAX)
    return err({ code: 'too-deep', detail: `nested deeper than ${JSON_DEPTH_MAX} levels` })
  try {
    return ok(JSON.parse(text, keepBigIntegers))
  } catch (error) {
    return err({ code: 'not-json', detail: error instanceof Error ? error.message : 'not JSON' })
  }
}

function keepBigIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source
  return source !== undefined && /^-?\d+$/.test(source) ? source : value
}

function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const ch = text.charCodeAt(i)
    if (inString) {
      if (ch === 92) i++
      else if (ch === 34) inString = false
    } else if (ch === 34) inString = true
    else if (ch === 123 || ch === 91) deepest = Math.max(deepest, ++depth)
    else if (ch === 125 || ch === 93) depth--
  }
  return deepest
}
