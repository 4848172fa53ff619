import type { DepletionMode } from '../../../shared/domain/policy.ts'
import { channelOf } from '../../../shared/domain/ids.ts'
import { KIT_DEPTH_MAX } from '../../../shared/domain/kit.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Books } from './books.ts'
import type { DemandCell } from './demand-book.ts'
import { UNASSIGNED } from './demand-line.ts'
import { isExcluded, keptBack, sellableOf, stockByNode } from './node-figures.ts'
import { tierOf } from './tier-of.ts'

export type Cell = Readonly<DemandCell>

/** The demand for a sku: its own, and what kits need of it beyond those that stand assembled. */
export function demandFor(books: Books, sku: number, now: Instant, depth = 0): Iterable<Cell> {
  const kits = books.kits.kitsWith(sku)
  if (kits.size === 0 || depth >= KIT_DEPTH_MAX) return books.demand.cellsOf(sku)
  const merged = new Map<string, DemandCell>()
  for (const cell of books.demand.cellsOf(sku)) add(merged, cell, cell.open)
  for (const cell of demandByKits(books, sku, now, depth)) add(merged, cell, cell.open)
  return [...merged.values()].filter(({ open }) => open > 0)
}

/** What kits need of a component: as many as the kits that are wanted and do not stand assembled. */
export function demandByKits(books: Books, sku: number, now: Instant, depth = 0): Cell[] {
  const cells: Cell[] = []
  for (const kit of books.kits.kitsWith(sku)) {
    const { quantity = 0 } = books.kits.componentsOf(kit).find((it) => it.sku === sku) ?? {}
    for (const cell of shortOf(books, kit, now, depth + 1))
      cells.push({ ...cell, open: cell.open * quantity, picked: 0 })
  }
  return cells
}

/** The mode in which a class's demand for a sku takes stock away. */
export function depletionMode(
  books: Books,
  ask: { sku: string; tier: 'A' | 'B' | 'C' },
  demandClass: string,
): DepletionMode {
  return books.master.policy('depletion', { ...ask, channel: channelOf(demandClass) })?.mode ?? 'reservation'
}

export function depletingOf({ open, picked }: { open: number; picked: number }, mode: DepletionMode): number {
  if (mode === 'reservation') return open
  return mode === 'pick' ? picked : 0
}

/**
 * The demand for a kit that its assembled stock does not cover. Stock at a node goes first to what is pinned there, then
 * to what is due first; between classes by name, so that every replica shares alike.
 */
function shortOf(books: Books, kit: number, now: Instant, depth: number): Cell[] {
  const cells = [...demandFor(books, kit, now, depth)].filter(({ open }) => open > 0)
  if (cells.length === 0) return []
  const assembled = assembledStock(books, kit, now)
  const pinnedFirst = (cell: Cell): number => (cell.node === UNASSIGNED ? 1 : 0)
  cells.sort(
    (a, b) =>
      pinnedFirst(a) - pinnedFirst(b) || a.dueDay - b.dueDay || (a.demandClass < b.demandClass ? -1 : 1),
  )
  const usedAt = new Map<number, number>()
  let usedAnywhere = 0
  const short: Cell[] = []
  for (const cell of cells) {
    const free = (at: AssembledAt): number =>
      Math.max(0, at.freeFor(channelOf(cell.demandClass)) - (usedAt.get(at.node) ?? 0))
    let covered: number
    if (cell.node === UNASSIGNED) {
      const spare = assembled.reduce((sum, at) => sum + free(at), 0) - usedAnywhere
      covered = Math.min(cell.open, Math.max(0, spare))
      usedAnywhere += covered
    } else {
      const at = assembled.find(({ node }) => node === cell.node)
      covered = at ? Math.min(cell.open, free(at)) : 0
      usedAt.set(cell.node, (usedAt.get(cell.node) ?? 0) + covered)
    }
    if (cell.open > covered) short.push({ ...cell, open: cell.open - covered })
  }
  return short
}

/** What stands assembled at a node, less what is kept back from a channel: some have a safety stock of their own. */
type AssembledAt = { readonly node: number; readonly freeFor: (channel: string) => number }

function assembledStock(books: Books, kit: number, now: Instant): AssembledAt[] {
  const ask = { sku: books.skus.textOf(kit), tier: tierOf(books, kit, now) }
  const channels = books.master.channelsOf('safetyStock')
  return stockByNode(books, kit, now)
    .filter((at) => at.sells && !isExcluded(at))
    .map((at) => ({
      node: at.node,
      freeFor: (channel) => {
        const its = channels.has(channel) ? { ...ask, channel } : ask
        const { safetyStock, heldBack } = keptBack(books, at, its, now)
        return sellableOf(at) - safetyStock - heldBack
      },
    }))
}

function add(
  cells: Map<string, DemandCell>,
  { demandClass, node, dueDay, picked }: Cell,
  open: number,
): void {
  const key = `${demandClass} ${node} ${dueDay}`
  const known = cells.get(key)
  if (!known) cells.set(key, { demandClass, node, dueDay, open, picked })
  else {
    known.open += open
    known.picked += picked
  }
}
