import type { Rules } from '../../shared/contract/push.ts'
import type { AllocationInputs, NodeOffer } from '../../shared/domain/allocation.ts'
import { rulesFor } from '../../shared/domain/rules.ts'
import { type FigureAsk, figureOf } from '../../shared/snapshot/figure.ts'
import type { RowFigures, SnapshotRow } from '../../shared/snapshot/row.ts'

/** Changes of so many units or less may wait, where the figure stays above `lowStock` before and after. */
export type Band = { readonly band: number; readonly lowStock: number }
export const NO_BAND: Band = { band: 0, lowStock: 0 }

/** `none`: the same row. `small`: every figure that anyone may see stays within the band. */
export type Movement = 'none' | 'small' | 'moved'

type Allocation = Pick<Rules, 'allocation'>

/** How far a row has moved since the edge was told of it; null is a sku that is no item, or that it was never told of. */
export function movementOf(
  told: SnapshotRow | null,
  now: SnapshotRow | null,
  rules: () => Allocation,
  band: Band,
): Movement {
  if (told === null || now === null) return told === now ? 'none' : 'moved'
  if (isSameRow(told, now)) return 'none'
  return band.band > 0 && isWithin(told, now, rules(), band) ? 'small' : 'moved'
}

/**
 * Figures are compared, not inputs: that of nobody in particular, of each class that a rule names, of a channel that none
 * names, and of each node. So no reader is ever told a figure that is further off than the band.
 */
function isWithin(told: SnapshotRow, now: SnapshotRow, rules: Allocation, band: Band): boolean {
  if (told.tier !== now.tier || !isSameList(told.substitutes, now.substitutes)) return false
  return asksOf(told, now, rules).every((ask) => {
    const before = figureOf(told, rules, ask)
    const after = figureOf(now, rules, ask)
    return isSmall(before, after, band)
  })
}

/** Whether a change of one figure may wait. */
export const isSmall = (before: number, after: number, { band, lowStock }: Band): boolean =>
  before === after || (Math.abs(after - before) <= band && Math.min(before, after) > lowStock)

/** A name that no channel has: whoever no rule names. */
const NO_CHANNEL = '*'

function asksOf(told: SnapshotRow, now: SnapshotRow, rules: Allocation): FigureAsk[] {
  const channels = new Map<string, FigureAsk>([['', {}]])
  const name = (channel: string, segment?: string): unknown =>
    channels.set(`${channel}/${segment}`, { channel, segment })
  name(NO_CHANNEL)
  for (const rule of rulesFor(rules, now)) {
    const [channel = '', segment] = rule.class.split('/')
    name(channel, segment)
  }
  for (const row of [told, now]) for (const channel of row.inputs.byChannel?.keys() ?? []) name(channel)
  const nodes = new Set([...told.nodes, ...now.nodes].map(({ node }) => node))
  return [...channels.values()].flatMap((ask) => [ask, ...[...nodes].map((node) => ({ ...ask, node }))])
}

function isSameRow(a: SnapshotRow, b: SnapshotRow): boolean {
  return isSameList(a.substitutes, b.substitutes) && isSameFigures(a, b)
}

function isSameFigures(a: RowFigures, b: RowFigures): boolean {
  const { kit: ours = [] } = a
  const { kit: theirs = [] } = b
  return (
    a.sku === b.sku &&
    a.tier === b.tier &&
    isSameInputs(a.inputs, b.inputs) &&
    isSameOffers(a.nodes, b.nodes) &&
    ours.length === theirs.length &&
    ours.every(({ quantity, row }, i) => {
      const other = theirs[i]!
      return quantity === other.quantity && isSameFigures(row, other.row)
    })
  )
}

function isSameInputs(a: AllocationInputs, b: AllocationInputs): boolean {
  if (a.gross !== b.gross || a.pool !== b.pool || a.demandTotal !== b.demandTotal) return false
  // A class without demand does not travel.
  for (const [demandClass, demand] of a.demandByClass)
    if (demand !== (b.demandByClass.get(demandClass) ?? 0)) return false
  for (const [demandClass, demand] of b.demandByClass)
    if (demand !== (a.demandByClass.get(demandClass) ?? 0)) return false
  if ((a.byChannel?.size ?? 0) !== (b.byChannel?.size ?? 0)) return false
  for (const [channel, its] of a.byChannel ?? []) {
    const other = b.byChannel?.get(channel)
    if (!other || its.gross !== other.gross || its.pool !== other.pool) return false
    if (!isSameOffers(its.nodes, other.nodes)) return false
  }
  return true
}

/** Nodes come in the order of their names, from the ledger as from the bytes. */
const isSameOffers = (a: readonly NodeOffer[], b: readonly NodeOffer[]): boolean =>
  a.length === b.length &&
  a.every(({ node, availableToSell }, i) => {
    const other = b[i]!
    return node === other.node && availableToSell === other.availableToSell
  })

const isSameList = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])
