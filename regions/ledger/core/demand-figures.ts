import type { DepletionMode } from '../../../shared/domain/policy.ts'
import { channelOf } from '../../../shared/domain/ids.ts'
import { KIT_DEPTH_MAX } from '../../../shared/domain/kit.ts'
import { asFigure } from '../../../shared/domain/quantity.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Books } from './books.ts'
import type { DemandCell } from './demand-cells.ts'
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
      cells.push({ ...cell, open: asFigure(cell.open * quantity), picked: 0 })
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
  const freeAt = assembledStock(books, kit, now)
  const pinnedFirst = (cell: Cell): number => (cell.node === UNASSIGNED ? 1 : 0)
  cells.sort(
    (a, b) =>
      pinnedFirst(a) - pinnedFirst(b) || a.dueDay - b.dueDay || (a.demandClass < b.demandClass ? -1 : 1),
  )
  const short: Cell[] = []
  let spare: number | null = null
  for (const cell of cells) {
    let covered: number
    if (cell.node === UNASSIGNED) {
      spare ??= [...freeAt.values()].reduce((sum, free) => sum + free, 0)
      covered = Math.min(cell.open, spare)
      spare -= covered
    } else {
      const free = freeAt.get(cell.node) ?? 0
      covered = Math.min(cell.open, free)
      freeAt.set(cell.node, free - covered)
    }
    if (cell.open > covered) short.push({ ...cell, open: cell.open - covered })
  }
  return short
}

/**
 * What stands assembled by node, less what is kept back from everyone: a channel that may go deeper than others has sold
 * what stands there, and not components.
 */
function assembledStock(books: Books, kit: number, now: Instant): Map<number, number> {
  const ask = { sku: books.skus.textOf(kit), tier: tierOf(books, kit, now) }
  const asks = [undefined, ...books.master.channelsOf('safetyStock')].map((channel) => ({ ...ask, channel }))
  const freeAt = new Map<number, number>()
  for (const at of stockByNode(books, kit, now)) {
    if (!at.sells || isExcluded(at)) continue
    const kept = asks.map((it) => {
      const { safetyStock, heldBack } = keptBack(books, at, it, now)
      return safetyStock + heldBack
    })
    freeAt.set(at.node, Math.max(0, sellableOf(at) - Math.min(...kept)))
  }
  return freeAt
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
