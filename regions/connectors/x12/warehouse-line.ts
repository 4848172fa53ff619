import { ok, type Result } from '../../../shared/kernel/result.ts'
import type { Refusal } from '../connector.ts'
import { type ItemLayout, LOT_QUALIFIER, readItem, skuOf } from './item.ts'
import type { Line } from './lines.ts'
import { nodeOf, type Place, placesIn } from './place.ts'
import { at, type Segment } from './tokenize.ts'
import { find, usableRef, type Work } from './work.ts'

/** The lines of the 94x family: W01 ordered, W04 sent, W07 received, W12 shipped, W19 adjusted. */
const LAYOUTS = {
  W01: { unit: 2, firstPair: 4, pairs: 2, lot: 8 },
  W04: { unit: 2, firstPair: 4, pairs: 2, lot: 8 },
  W07: { unit: 2, firstPair: 4, pairs: 2, lot: 8 },
  W12: { unit: 5, firstPair: 7, pairs: 1, lot: 9 },
  W19: { unit: 3, firstPair: 5, pairs: 2, lot: 9 },
} as const satisfies Record<string, ItemLayout & { unit: number }>

/** Which item, in what unit: all of a line but its quantity and place, and a name for it in ids and refusals. */
export type ItemLine = {
  readonly sku: string
  readonly lot: string | undefined
  readonly uom: string | undefined
  readonly where: string
  readonly number: string
}

export type WarehouseLine = ItemLine & { readonly node: string }

export const whereOf = (work: Work, line: Line): string => `${work.where}, line ${line.number}`

export function readWarehouseLine(
  work: Work,
  line: Line,
  headerPlaces: readonly Place[],
): Result<WarehouseLine, Refusal> {
  const item = readItemLine(work, line)
  if (!item.ok) return item
  const node = nodeOf(work, [...placesIn(line.body, work.transaction.set), ...headerPlaces], item.value.where)
  return node.ok ? ok({ ...item.value, node: node.value }) : node
}

export function readItemLine(work: Work, line: Line): Result<ItemLine, Refusal> {
  const layout = LAYOUTS[line.head.name as keyof typeof LAYOUTS]
  const shift = line.head.name === 'W12' ? work.codes.profile.w12Shift : undefined
  const item = readItem(line.head, layout, work.codes, shift)
  const where = whereOf(work, line)
  const sku = skuOf(work, item.ids, where)
  if (!sku.ok) return sku
  const lot = item.lot ?? lotBeside(line.body)
  const uom = unitOf(work, line.head, layout.unit, item.firstPairAt)
  return ok({ sku: sku.value, lot, uom, where, number: line.number })
}

function lotBeside(body: readonly Segment[]): string | undefined {
  const segment = find(body, 'N9', LOT_QUALIFIER) ?? find(body, 'REF', LOT_QUALIFIER)
  return segment && usableRef(at(segment, 2), 64)
}

/** At its place, or one beside it where the partner's elements are shifted; absent, it is the item's base unit. */
function unitOf(work: Work, segment: Segment, position: number, firstPairAt: number): string | undefined {
  for (const candidate of [position, position + 1, position - 1]) {
    const code = componentsOf(segment, candidate)[0]!
    if (candidate < firstPairAt && /^[A-Z][A-Z0-9]$/.test(code)) return work.codes.uom(code)
  }
  return undefined
}

/** A unit may be a composite (`EA>2>1`), of which the first component is the unit. */
export function componentsOf(segment: Segment, position: number): string[] {
  const element = at(segment, position)
  return segment.component === '' ? [element] : element.split(segment.component)
}
