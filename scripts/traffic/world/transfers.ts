import { sitesOf } from './demo-sites.ts'
import { change, later, oneOf, type Scene, tell, timesNow } from './scene.ts'
import { freeOf, nextSerial, stockAt } from './world.ts'

const TRANSFERS_PER_SECOND = 0.02
/** A warehouse sends away only from plenty. */
const PLENTY = 60

/** Goods go from this region's warehouse to another's; who takes them in tells of it there. */
export function sendTransfers(scene: Scene): void {
  const { world, region, sites, chance } = scene
  const others = Object.keys(world.regions).filter((name) => name !== region.region)
  if (others.length === 0) return
  for (let n = timesNow(scene, TRANSFERS_PER_SECOND); n > 0; n--) {
    const { sku } = oneOf(chance, scene.catalogue)
    const { node, source } = sites.warehouse
    if (freeOf(stockAt(region, node, sku)) < PLENTY) continue
    const toRegion = oneOf(chance, others)
    const transfer = {
      transfer: `T${nextSerial(world)}`,
      sku,
      quantity: chance.int(1, 3) * 12,
      from: node,
      to: sitesOf(toRegion).warehouse.node,
    }
    change(scene, node, sku, { onHand: -transfer.quantity })
    world.transfers.push({ ...transfer, toRegion, arrivesAt: later(scene, 30_000, 90_000) })
    tellTransfer(scene, source, 'shipped', transfer)
  }
}

export function takeInTransfers(scene: Scene): void {
  const { world, region, sites, now } = scene
  const isHere = (one: (typeof world.transfers)[number]): boolean =>
    one.toRegion === region.region && one.arrivesAt <= now
  const arrived = world.transfers.filter(isHere)
  if (arrived.length === 0) return
  world.transfers = world.transfers.filter((one) => !isHere(one))
  for (const { transfer, sku, quantity, from, to } of arrived) {
    change(scene, to, sku, { onHand: quantity })
    tellTransfer(scene, sites.warehouse.source, 'received', { transfer, sku, quantity, from, to })
  }
}

function tellTransfer(
  scene: Scene,
  teller: string,
  what: 'shipped' | 'received',
  goods: { transfer: string; sku: string; quantity: number; from: string; to: string },
): void {
  const { transfer, sku, quantity, from, to } = goods
  tell(scene, teller, {
    type: `plimsoll.transfer.${what}`,
    sku,
    key: `transfer/${transfer}/${what}`,
    data: { transfer, from, to, quantity },
  })
}
