import type { StockReport } from '../../shared/contract/reports.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { figuresOf } from '../ledger/core/figures.ts'
import type { Ledger } from '../ledger/core/ledger.ts'

type Short = StockReport['short'][number]
type Thin = StockReport['thin'][number]

/** Skus looked at in one turn: about ten milliseconds of work. */
const LOOKED_AT_MAX = 1_000
const TOLD_MAX = 20
const VELOCITY_DAYS = 7
const DAY_MS = 86_400_000
/** What lasts longer than this at its present velocity does not run out while a figure is on its way. */
const THIN_MS = 3_600_000

/**
 * Watches for what is promised beyond what lies there, and for what sells so fast that it may be gone before a channel
 * hears of it. Skus are looked at after they change; after a start all of them are, a share at a time.
 */
export class StockWatch {
  readonly #ledger: Ledger
  readonly #changed = new Set<number>()
  readonly #short = new Map<number, readonly Short[]>()
  readonly #thin = new Map<number, Thin>()
  #scanned = 0

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  mark(skus: Iterable<number>): void {
    for (const sku of skus) if (sku < this.#scanned) this.#changed.add(sku)
  }

  look(now: Instant): void {
    let left = LOOKED_AT_MAX
    for (const sku of this.#changed) {
      if (left-- <= 0) return
      this.#changed.delete(sku)
      this.#lookAt(sku, now)
    }
    const { texts } = this.#ledger.books.skus
    while (this.#scanned < texts.length && left-- > 0) this.#lookAt(this.#scanned++, now)
  }

  report(): StockReport {
    const short = [...this.#short.values()].flat().sort((a, b) => b.units - a.units)
    const thin = [...this.#thin.values()].sort((a, b) => a.coverMs - b.coverMs)
    return { short: short.slice(0, TOLD_MAX), shortCount: short.length, thin: thin.slice(0, TOLD_MAX) }
  }

  #lookAt(sku: number, now: Instant): void {
    const { books } = this.#ledger
    const name = books.skus.textOf(sku) as Short['sku']
    this.#short.delete(sku)
    this.#thin.delete(sku)
    if (!books.master.itemAt(sku)) return
    const figures = figuresOf(books, sku, now)
    const short: Short[] = []
    let free = 0
    for (const { node, sellable, demand, sells, isExcluded } of figures.nodes) {
      const left = sellable - demand
      if (left < 0) short.push({ sku: name, node: node as Short['node'], units: -left })
      else if (sells && !isExcluded) free += left
    }
    const unserved = figures.unassignedDepleting - free
    // What a kit needs may be made up of kits that stand assembled: its components tell.
    if (unserved > 0 && figures.kit.length === 0) short.push({ sku: name, node: null, units: unserved })
    if (short.length > 0) this.#short.set(sku, short)
    const shipped = books.velocity.shipped(sku, VELOCITY_DAYS, now)
    const { pool } = figures.inputs
    if (shipped === 0 || pool <= 0) return
    const coverMs = Math.floor((pool * VELOCITY_DAYS * DAY_MS) / shipped)
    if (coverMs >= THIN_MS) return
    const { freshForMs } = books.master.tierSettings(figures.tier)
    this.#thin.set(sku, { sku: name, tier: figures.tier, availableToSell: pool, coverMs, freshForMs })
  }
}
