import { normaliseGtin } from '../../../shared/domain/gtin.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Codes, Refusal } from '../connector.ts'
import { noItem, unknownCode } from '../refusals.ts'
import { at, type Segment } from './tokenize.ts'
import { find, usableRef, type Work } from './work.ts'

/** An item's code as X12 gives it: a qualifier that says whose code it is, and the code. */
export type ItemId = { readonly qualifier: string; readonly id: string }

/** GTINs before the codes of single parties; which of those a partner keeps stable is for its profile to say. */
const QUALIFIERS_DEFAULT = 'UK EN UP UI EO SK VN VP VC BP IN MG MN PN PI CB SW F8 ZZ UC UA'.split(' ')
const GTIN_QUALIFIERS = new Set(['UK', 'EN', 'UP', 'UI', 'EO'])
/** Part of the pairs, but it names a lot. */
export const LOT_QUALIFIER = 'LT'

/**
 * The U.P.C. case code stands by itself in the warehouse segments, without a qualifier. It is a GTIN's middle, without
 * indicator and check digit, so it is asked for last, and never taken for a GTIN.
 */
const CASE_CODE = 'UA'

/**
 * Where a warehouse segment has its id pairs and its lot by the standard. Partners leave an element out or put one in, so
 * the pairs are looked for, and the lot is taken as far from them as the standard has it.
 */
export type ItemLayout = { readonly firstPair: number; readonly pairs: number; readonly lot: number }

export type ItemReading = {
  readonly ids: readonly ItemId[]
  readonly lot: string | undefined
  /** Where the first pair was found, or past the end. */
  readonly firstPairAt: number
}

export function readItem(segment: Segment, layout: ItemLayout, codes: Codes, shift?: number): ItemReading {
  const qualifiers = new Set([...qualifiersOf(codes), ...QUALIFIERS_DEFAULT])
  const from = shift === undefined ? SEARCHED_FROM : layout.firstPair + shift
  const found = idPairs(segment, from, qualifiers)
  const offset = shift ?? shiftOf(found[0]?.position, layout)
  const caseCode = segment.elements
    .slice(SEARCHED_FROM, found[0]?.position)
    .find((it) => /^\d{11,14}$/.test(it))
  const ids: ItemId[] = found.map(({ qualifier, id }) => ({ qualifier, id }))
  if (caseCode !== undefined) ids.push({ qualifier: CASE_CODE, id: caseCode })
  return {
    ids,
    lot: usableRef(at(segment, layout.lot + offset), 64),
    firstPairAt: found[0]?.position ?? segment.elements.length,
  }
}

/** Before it stand quantities and codes in every warehouse segment. */
const SEARCHED_FROM = 3

/** The pair found may be the second one, the first being empty: that is no shift. */
function shiftOf(position: number | undefined, { firstPair, pairs }: ItemLayout): number {
  if (position === undefined) return 0
  const shift = position - firstPair
  return pairs > 1 && shift === 2 ? 0 : shift
}

function idPairs(
  segment: Segment,
  from: number,
  qualifiers: ReadonlySet<string>,
): (ItemId & { readonly position: number })[] {
  const pairs: (ItemId & { readonly position: number })[] = []
  for (let position = from; position + 1 < segment.elements.length; position++) {
    const [qualifier, id] = [at(segment, position), at(segment, position + 1)]
    if (id === '' || !qualifiers.has(qualifier)) continue
    pairs.push({ qualifier, id, position })
    position++
  }
  return pairs
}

/** The LIN of an 846 or 856 is pairs from 02 on, all of them. */
export const linIds = (segment: Segment): ItemId[] => idsFrom(segment, 2)

/** The pairs of a segment that from some element on is nothing else. */
export function idsFrom(segment: Segment, from: number): ItemId[] {
  const ids: ItemId[] = []
  for (let position = from; position + 1 < segment.elements.length; position += 2) {
    if (at(segment, position + 1) !== '')
      ids.push({ qualifier: at(segment, position), id: at(segment, position + 1) })
  }
  return ids
}

/** A lot stands among an item's pairs, or beside it. */
export function lotIn(segment: Segment, beside: readonly Segment[]): string | undefined {
  const own = linIds(segment).find(({ qualifier }) => qualifier === LOT_QUALIFIER)?.id
  if (own !== undefined) return usableRef(own, 64)
  const reference = find(beside, 'REF', LOT_QUALIFIER) ?? find(beside, 'N9', LOT_QUALIFIER)
  return reference && usableRef(at(reference, 2), 64)
}

/**
 * The first id that is known, in the order of the partner's profile. A code may also be mapped under its qualifier
 * (`VN:000100`), where two parties' codes would collide.
 */
export function skuOf(work: Work, ids: readonly ItemId[], where: string): Result<string, Refusal> {
  const order = qualifiersOf(work.codes)
  const ranked = order.flatMap((qualifier) => ids.filter((it) => it.qualifier === qualifier))
  for (const { qualifier, id } of ranked) {
    const sku = work.codes.sku(id) ?? work.codes.sku(`${qualifier}:${id}`)
    if (sku === null) continue
    if (GTIN_QUALIFIERS.has(qualifier) && normaliseGtin(id)?.checkDigitValid === false) {
      work.draft.warnings.push(`${where}: the check digit of ${id} is wrong; it was taken as it is`)
    }
    return ok(sku)
  }
  const best = ranked[0]
  if (best) return err(unknownCode('sku', best.id, where))
  const seen = ids.map(({ qualifier, id }) => `${qualifier} ${id}`).join(', ')
  return err(noItem(seen === '' ? where : `${where} (${seen.slice(0, 128)}; looked for ${order.join(' ')})`))
}

const qualifiersOf = (codes: Codes): readonly string[] => codes.profile.itemQualifiers ?? QUALIFIERS_DEFAULT
