import { formatInstant } from '../../../shared/kernel/clock.ts'
import { hash64 } from '../../../shared/kernel/hash64.ts'
import { later, type Scene, tell, timesNow, oneOf } from './scene.ts'
import { stockAt } from './world.ts'

/** So many items of the catalogue are in one of the ERP's counts. */
const ERP_COUNT_ITEMS = 20
const ERP_COUNT_EVERY_MS = 30_000
const DEPOT_COUNT_EVERY_MS = 240_000
const CYCLE_COUNTS_PER_SECOND = 0.05

/** How far the ERP's clock is off: up to a minute behind, or a few seconds ahead, always the same for a region. */
export const erpClockOffMs = (region: string): number => (hash64(region).lo % 60_000) - 50_000

/** The first word of a warehouse: all there is. The depot's comes as an 846. */
export function countWarehouse(scene: Scene): void {
  for (const { sku } of scene.catalogue) countHere(scene, sku)
}

/** Now and then a shelf is counted, which rebases what the ledger holds. */
export function countShelves(scene: Scene): void {
  for (let n = timesNow(scene, CYCLE_COUNTS_PER_SECOND); n > 0; n--)
    countHere(scene, oneOf(scene.chance, scene.catalogue).sku)
}

function countHere(scene: Scene, sku: string): void {
  const { node, source } = scene.sites.warehouse
  const { onHand, damaged, quarantined } = stockAt(scene.region, node, sku)
  tell(scene, source, {
    type: 'plimsoll.stock.counted',
    sku,
    key: `count/${node}/${sku}/${scene.now}`,
    data: { node, states: { onHand, damaged, quarantined }, asOf: formatInstant(scene.now) },
  })
}

/** The depot's full count; its voice makes an 846 of it. */
export function countDepot(scene: Scene): void {
  if (scene.region.nextDepotCountAt > scene.now) return
  scene.region.nextDepotCountAt = later(scene, DEPOT_COUNT_EVERY_MS, DEPOT_COUNT_EVERY_MS * 1.5)
  const { node, source } = scene.sites.depot
  tell(scene, source, {
    type: 'plimsoll.stock.counted',
    key: `count/${node}/${scene.now}`,
    data: {
      node,
      onHand: Object.fromEntries(
        scene.catalogue.map(({ sku }) => [sku, stockAt(scene.region, node, sku).onHand]),
      ),
    },
  })
}

/** The ERP writes down what it believes now, by a clock that is off, and will send it when it gets round to it. */
export function countInErp(scene: Scene): void {
  const { region, sites, catalogue, now } = scene
  if (region.erpCount.nextAt > now) return
  region.erpCount.nextAt = later(scene, ERP_COUNT_EVERY_MS, ERP_COUNT_EVERY_MS * 1.2)
  const { from } = region.erpCount
  region.erpCount.from = (from + ERP_COUNT_ITEMS) % catalogue.length
  const asOf = formatInstant(now + erpClockOffMs(region.region))
  for (let i = from; i < from + ERP_COUNT_ITEMS; i++) {
    const { sku } = catalogue[i % catalogue.length]!
    for (const { node } of [sites.warehouse, sites.depot]) {
      tell(scene, sites.erp, {
        type: 'plimsoll.stock.counted',
        sku,
        key: `count/${node}/${sku}/${now}`,
        data: { node, states: { onHand: stockAt(region, node, sku).onHand }, asOf },
      })
    }
  }
}
