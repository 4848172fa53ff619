import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Refusal } from '../connector.ts'
import { noPlace, unknownCode } from '../refusals.ts'
import { at, type Segment } from './tokenize.ts'
import type { Work } from './work.ts'

/**
 * Something that may name a place of ours. A warehouse (N1*WH, SCH) does; a ship-from, a REF*ZZ or an LQ only may, so if it
 * is unknown, the next in line is asked, and the source's default node last.
 */
export type Place = { readonly codes: readonly string[]; readonly isWarehouse: boolean }

const FURTHER_PARTIES: Readonly<Record<string, readonly string[]>> = {
  846: ['SF'],
  850: ['SF'],
  856: ['SF'],
  940: ['SF'],
  943: ['ST'],
  944: ['ST', 'RC'],
  945: ['SF'],
  947: ['SF'],
}

/** Sets in which a loose reference is none to a place. */
const NAMES_ONLY = new Set(['850', '856', '943'])

/** The places that these segments name, the surest first. */
export function placesIn(segments: readonly Segment[], set: string): readonly Place[] {
  const places = segments.map((it) => placeOf(it, set)).filter((it) => it !== null)
  return [...places.filter((it) => it.isWarehouse), ...places.filter((it) => !it.isWarehouse)]
}

export function placeOf(segment: Segment, set: string): Place | null {
  const qualifier = at(segment, 1)
  if (segment.name === 'N1') {
    const isWarehouse = qualifier === 'WH'
    if (!isWarehouse && !FURTHER_PARTIES[set]?.includes(qualifier)) return null
    return place([at(segment, 4), at(segment, 2)], isWarehouse)
  }
  const isLoose =
    !NAMES_ONLY.has(set) && ((segment.name === 'REF' && qualifier === 'ZZ') || segment.name === 'LQ')
  return isLoose ? place([at(segment, 2)], false) : null
}

function place(names: readonly string[], isWarehouse: boolean): Place | null {
  const codes = names.filter((name) => name !== '')
  return codes.length === 0 ? null : { codes, isWarehouse }
}

/** The node that the first of the places means, nearest first. */
export function nodeOf(work: Work, places: readonly Place[], where: string): Result<string, Refusal> {
  for (const { codes, isWarehouse } of places) {
    for (const code of codes) {
      const node = work.codes.node(code)
      if (node !== null) return ok(node)
    }
    if (isWarehouse) return err(unknownCode('node', codes[0]!, where))
  }
  const unknown = places[0]?.codes[0]
  const { defaultNode } = work.codes
  if (defaultNode === null)
    return err(unknown === undefined ? noPlace(where) : unknownCode('node', unknown, where))
  if (unknown !== undefined)
    work.draft.warnings.push(`${where}: ${unknown} is no known place; ${defaultNode} was taken`)
  return ok(defaultNode)
}
