import { DELTA_FIELDS, type DeltaHistory } from './core/delta-history.ts'
import { release } from '../store/release.ts'
import type { Keeper } from './keeper.ts'

/**
 * The history of deltas as a checkpoint keeps it: each time the new ones in one blob, and of positions that lost some to
 * the ring, until when. Blobs that the ring has overwritten entirely are let go.
 */
export class HistoryPages {
  readonly #keep: Keeper
  #page = 0

  constructor(keep: Keeper) {
    this.#keep = keep
  }

  save(history: DeltaHistory): void {
    const values = history.unsaved()
    for (const slot of history.dirtyLost) this.#keep.write('delta_lost', [slot, history.coversSince(slot)])
    if (values.length === 0) return
    const body = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    this.#keep.write('delta_page', [++this.#page, values.length / DELTA_FIELDS, body])
    this.#prune(history.deltasMax)
  }

  load(history: DeltaHistory): void {
    for (const row of this.#keep.rows('delta_lost'))
      history.restoreLost(row['slot'] as number, row['until'] as number)
    for (const row of this.#keep.rows('delta_page')) {
      const body = row['body'] as Uint8Array
      history.restore(new Float64Array(body.buffer, body.byteOffset, body.byteLength / 8))
      release(body)
      this.#page = row['page'] as number
    }
  }

  #prune(deltasMax: number): void {
    const { database } = this.#keep
    const pages = database.prepare('SELECT page, deltas FROM delta_page ORDER BY page DESC').all()
    let kept = 0
    for (const { page, deltas } of pages) {
      if (kept >= deltasMax) {
        database.prepare('DELETE FROM delta_page WHERE page <= ?').run(page!)
        return
      }
      kept += Number(deltas)
    }
  }
}
