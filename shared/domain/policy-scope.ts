import * as z from 'zod'

const SCOPE_PART = /^(sku|node|channel|tier|source):[\x21-\x2b\x2d-\x7e]{1,64}$/

/** `*`, or parts such as `node:ber1,tier:A`; the policy with the most parts that all match wins. */
export const PolicyScope = z
  .string()
  .max(256)
  .refine(
    (text) => text === '*' || text.split(',').every((part) => SCOPE_PART.test(part)),
    'a scope is * or sku:X, node:N, channel:C, tier:A, source:S joined by commas',
  )
  .refine((text) => {
    const kinds = partsOf(text).map(([kind]) => kind)
    return new Set(kinds).size === kinds.length
  }, 'a scope names each kind of part once')

/** What a question is about: the parts a scope may name. */
export type Subject = { readonly [P in ScopePart]?: string | undefined }
export type ScopePart = 'sku' | 'node' | 'channel' | 'tier' | 'source'

/** The parts of a scope by kind; none for `*`. */
export function partsOf(scope: string): (readonly [kind: ScopePart, value: string])[] {
  if (scope === '*') return []
  return scope.split(',').map((part) => {
    const colon = part.indexOf(':')
    return [part.slice(0, colon) as ScopePart, part.slice(colon + 1)] as const
  })
}

/** `tier:A,node:x` and `node:x,tier:A` are one scope; this is how it is written down. */
export const tidyScope = (scope: string): string =>
  scope.includes(',') ? scope.split(',').sort().join(',') : scope

/** Whether a scope lies within another one: names all that it names, and maybe more. Each lies within itself and `*`. */
export const isWithinScope = (scope: string, wider: string): boolean => {
  if (wider === '*') return true
  const parts = new Set(scope.split(','))
  return wider.split(',').every((part) => parts.has(part))
}

const WEIGHT: Record<ScopePart, number> = { sku: 16, node: 8, channel: 4, source: 2, tier: 1 }

/** How specific a scope is for a subject; -1 when it doesn't apply. sku > node > channel > source > tier > `*`. */
export function specificity(scope: string, subject: Subject): number {
  let weight = 0
  for (const [kind, value] of partsOf(scope)) {
    if (subject[kind] !== value) return -1
    weight += WEIGHT[kind]
  }
  return weight
}
