import type { Refusal } from './connector.ts'

/** The refusals that every connector may give, worded in one place. `where` names the spot: `945 0001, line 3`. */

export const malformed = (code: string, detail: string): Refusal => ({ class: 'malformed', code, detail })

export const controlTotal = (detail: string): Refusal => ({
  class: 'control-total',
  code: 'control-total-mismatch',
  detail,
})

/** Understood, but not something this hub takes from such a message. */
export const outOfPolicy = (code: string, detail: string): Refusal => ({
  class: 'out-of-policy',
  code,
  detail,
})

const KIND_WORDS = { sku: 'item code', node: 'place', uom: 'unit' } as const

export function unknownCode(kind: 'sku' | 'node' | 'uom', foreign: string, where: string): Refusal {
  const code = foreign.slice(0, FOREIGN_CODE_CHARS_MAX)
  return {
    class: 'unknown-code',
    code: 'unknown-code',
    detail: `${where}: the ${KIND_WORDS[kind]} ${JSON.stringify(code)} is not known; map it under ${kind}s of this source and replay`,
    unknown: { kind, code },
  }
}

/** No place is named at all, so there is nothing to map: the source needs a default node. */
export const noPlace = (where: string): Refusal => ({
  class: 'unknown-code',
  code: 'no-place',
  detail: `${where}: the message names no warehouse, and the source has no default node; set one and replay`,
})

export const noItem = (where: string): Refusal => malformed('no-item-code', `${where}: names no item`)

/** A mapping's key may not be longer than this either. */
const FOREIGN_CODE_CHARS_MAX = 128
