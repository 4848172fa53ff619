import { type Instant, startOfDay } from '../../../shared/kernel/clock.ts'

/** What an order says of a line: the latest word stands. */
export type LineTerms = {
  readonly quantity: number
  /** The node the line is pinned to, interned; -1 when any node may serve it. */
  readonly node: number
  /** -1: due now. */
  readonly dueAt: Instant
  readonly demandClass: string
  /** The word's rank: later time, then a change over an acceptance, then source and id. */
  readonly rank: readonly [time: Instant, isChange: number, source: string, id: string]
}

/** One line of an order, and all that happened to it. The counters only grow, so order and lateness do not matter. */
export type DemandLine = {
  readonly orderRef: string
  readonly line: string
  /** Interned. */
  readonly sku: number
  terms: LineTerms | null
  cancelled: number
  isCancelledWhole: boolean
  /** By node, interned. */
  readonly work: Map<number, { picked: number; shipped: number }>
}

/** A part of a line's open demand: at a node, or (-1) not assigned to one yet. */
export type DemandPart = {
  readonly demandClass: string
  readonly node: number
  /** Start of the UTC day; 0 is due now. */
  readonly dueDay: Instant
  /** reserved − shipped − cancelled */
  readonly open: number
  /** picked − shipped */
  readonly picked: number
}

export const UNASSIGNED = -1
/** Demand whose order has not been seen yet (a pick came first). */
export const CLASS_UNKNOWN = ''

/**
 * The open demand of a line, by node. Goods picked for an unpinned line are demand where they were picked; the rest
 * is unassigned. A pick without its order counts as what it is: goods promised at that node.
 */
export function openParts(line: DemandLine, nodeName: (node: number) => string): DemandPart[] {
  if (line.isCancelledWhole) return []
  const shipped = [...line.work.values()].reduce((sum, { shipped }) => sum + shipped, 0)
  const work = [...line.work]
    .map(([node, w]) => ({ node, picked: Math.max(0, w.picked - w.shipped) }))
    .filter(({ picked }) => picked > 0)
  if (work.length > 1) work.sort((a, b) => (nodeName(a.node) < nodeName(b.node) ? -1 : 1))
  const { terms } = line
  if (terms === null)
    return work.map(({ node, picked }) => ({
      demandClass: CLASS_UNKNOWN,
      node,
      dueDay: 0,
      open: picked,
      picked,
    }))

  const base = { demandClass: terms.demandClass, dueDay: terms.dueAt < 0 ? 0 : startOfDay(terms.dueAt) }
  let left = Math.max(0, terms.quantity - line.cancelled - shipped)
  const parts: DemandPart[] = []
  for (const { node, picked } of work) {
    const within = Math.min(picked, left)
    left -= within
    if (within > 0) parts.push({ ...base, node, open: within, picked: within })
  }
  if (left > 0) parts.push({ ...base, node: terms.node, open: left, picked: 0 })
  return parts
}

/** Whether a later word about the line replaces the one that stands. */
export function outranks(a: LineTerms['rank'], b: LineTerms['rank']): boolean {
  for (let i = 0; i < 4; i++) if (a[i] !== b[i]) return a[i]! > b[i]!
  return false
}
