import { at, type Segment } from './tokenize.ts'

/** One item of a ship notice, with all that holds for it: its own segments, then those of the levels above, nearest first. */
export type ShipmentItem = {
  readonly lin: Segment
  readonly sn1: Segment
  readonly scope: readonly Segment[]
  /** For people: `HL 4`, and which of its items. */
  readonly name: string
  /** For ids: the level's number, and which of its items. */
  readonly place: string
}

type Level = {
  readonly id: string
  readonly parent: string
  readonly rank: number
  readonly segments: Segment[]
}

/** Shipment, order, tare, pack, item: from outside to inside. Levels of other codes hang where their parent says. */
const RANK: Readonly<Record<string, number>> = { S: 0, O: 1, T: 2, P: 3, I: 4 }

/** The items of an 856. Where a level's parent is missing or wrong, it is taken as standing under the last one that may hold it. */
export function shipmentOf(segments: readonly Segment[]): ShipmentItem[] {
  const levels = levelsOf(segments)
  return levels.flatMap((level, n) => {
    const above = ancestorsOf(levels, n).flatMap((it) => it.segments)
    return itemsIn(level).map(({ lin, sn1, own }, i) => ({
      lin,
      sn1,
      scope: [...own, ...above],
      name: `HL ${level.id}${i === 0 ? '' : `, item ${i + 1}`}`,
      place: `hl/${level.id}${i === 0 ? '' : `.${i + 1}`}`,
    }))
  })
}

function levelsOf(segments: readonly Segment[]): Level[] {
  const levels: Level[] = []
  for (const segment of segments) {
    if (segment.name === 'HL') {
      const [id, parent, code] = [at(segment, 1), at(segment, 2), at(segment, 3)]
      levels.push({
        id: id || String(levels.length + 1),
        parent,
        rank: RANK[code] ?? RANK['I']!,
        segments: [],
      })
    } else if (segment.name !== 'CTT') levels.at(-1)?.segments.push(segment)
  }
  return levels
}

function ancestorsOf(levels: readonly Level[], of: number): Level[] {
  const ancestors: Level[] = []
  for (let at = parentOf(levels, of); at >= 0; at = parentOf(levels, at)) ancestors.push(levels[at]!)
  return ancestors
}

/** Always before it, so a circle can't be. */
function parentOf(levels: readonly Level[], of: number): number {
  const { parent, rank } = levels[of]!
  for (let at = of - 1; at >= 0; at--) if (parent !== '' && levels[at]!.id === parent) return at
  for (let at = of - 1; at >= 0; at--) if (levels[at]!.rank < rank) return at
  return -1
}

/** Most levels hold one item; some partners put several LIN and SN1 into one. */
function itemsIn({ segments }: Level): { lin: Segment; sn1: Segment; own: Segment[] }[] {
  const items: { lin: Segment; sn1: Segment | null; own: Segment[] }[] = []
  const shared: Segment[] = []
  for (const segment of segments) {
    const item = items.at(-1)
    if (segment.name === 'LIN') items.push({ lin: segment, sn1: null, own: [] })
    else if (segment.name === 'SN1' && item && item.sn1 === null) item.sn1 = segment
    else if (item) item.own.push(segment)
    else shared.push(segment)
  }
  return items.flatMap(({ lin, sn1, own }) => (sn1 === null ? [] : [{ lin, sn1, own: [...own, ...shared] }]))
}
