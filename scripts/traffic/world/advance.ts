import { seededRandom } from '../../../shared/kernel/random.ts'
import { type CatalogueItem, catalogueOf } from './catalogue.ts'
import { countDepot, countInErp, countShelves, countWarehouse } from './counts.ts'
import { type Sites, sitesOf } from './demo-sites.ts'
import { placeOrders, workOrders } from './orders.ts'
import type { Scene } from './scene.ts'
import { orderSupply, takeInSupply } from './supply.ts'
import { sendTransfers, takeInTransfers } from './transfers.ts'
import { upkeep } from './upkeep.ts'
import type { RegionWorld, Telling, World } from './world.ts'

export type Pace = {
  readonly speed: number
  /** In each region, at speed 1. */
  readonly ordersPerSecond: number
}

/** Files state times by the second, so two ticks must not share one. */
const TICK_MS_MIN = 1000
/** After a pause the world goes on from now; what would have happened meanwhile didn't. */
const TICK_MS_MAX = 5000

/**
 * Lets the world go on until `now`, in those regions that can be told of it. Changes `world` in place; answers a scene
 * a region, in which its systems then speak. The same seed, run and moments give the same happenings.
 */
export function advance(world: World, now: number, regions: readonly string[], pace: Pace): readonly Scene[] {
  const at = Math.max(now, world.at + TICK_MS_MIN)
  const seconds = Math.min(TICK_MS_MAX, at - world.at) / 1000
  world.at = at
  world.tick += 1
  const catalogue = catalogueOf(world.seed)
  const chance = seededRandom(`${world.seed}/${world.run}/${world.tick}`)
  const scenes = regions.map((name): Scene => {
    const sites = sitesOf(name)
    const isNew = world.regions[name] === undefined
    const region = (world.regions[name] ??= openRegion(world.seed, sites, catalogue))
    const { speed } = pace
    const scene = { world, region, sites, catalogue, now: at, seconds, speed, chance: chance.fork(name) }
    if (isNew) countWarehouse(scene)
    return scene
  })
  for (const scene of scenes) live(scene, pace)
  return scenes
}

function live(scene: Scene, { ordersPerSecond }: Pace): void {
  takeInSupply(scene)
  takeInTransfers(scene)
  workOrders(scene)
  placeOrders(scene, ordersPerSecond)
  orderSupply(scene)
  upkeep(scene)
  sendTransfers(scene)
  countShelves(scene)
  countInErp(scene)
  // Last, because its count is as of the end of this second.
  countDepot(scene)
}

function openRegion(seed: string, sites: Sites, catalogue: readonly CatalogueItem[]): RegionWorld {
  const chance = seededRandom(seed).fork(`opening/${sites.region}`)
  const stockOf = (): RegionWorld['stock'][string] =>
    Object.fromEntries(
      catalogue.map(({ sku, reorderBelow }) => [
        sku,
        { onHand: reorderBelow + chance.int(0, 150), damaged: 0, quarantined: 0, picked: 0 },
      ]),
    )
  const telling = (): Telling => ({ serial: 0, sequence: 0, untold: [], nextAt: 0 })
  return {
    region: sites.region,
    stock: { [sites.warehouse.node]: stockOf(), [sites.depot.node]: stockOf() },
    orders: [],
    purchases: [],
    telling: Object.fromEntries(sites.sources.map(({ source }) => [source, telling()])),
    erpCount: { nextAt: 0, from: 0 },
    nextDepotCountAt: 0,
    outbox: [],
    isSeeded: false,
  }
}
