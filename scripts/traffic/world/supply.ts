import { formatInstant } from '../../../shared/kernel/clock.ts'
import { change, hits, later, oneOf, placeOf, type Scene, tell } from './scene.ts'
import { nextSerial, type Purchase, stockAt } from './world.ts'

/** The purchasers look at a few items a tick, and order what runs low. */
const LOOKS_A_TICK = 12

export function orderSupply(scene: Scene): void {
  const { chance, region, sites } = scene
  for (let looks = 0; looks < LOOKS_A_TICK; looks++) {
    const item = oneOf(chance, scene.catalogue)
    const { node } = oneOf(chance, [sites.warehouse, sites.depot])
    const isComing = region.purchases.some((other) => other.sku === item.sku && other.node === node)
    if (isComing || stockAt(region, node, item.sku).onHand >= item.reorderBelow) continue
    const purchase: Purchase = {
      ref: `PO${nextSerial(scene.world)}`,
      sku: item.sku,
      node,
      // A multiple of twelve, so that it can come in whole cases.
      quantity: chance.int(3, 9) * 12,
      arrivesAt: later(scene, 20_000, 90_000),
    }
    region.purchases.push(purchase)
    tell(scene, sites.erp, {
      type: 'plimsoll.receipt.expected',
      sku: purchase.sku,
      key: `expected/${purchase.ref}`,
      data: {
        node,
        ref: purchase.ref,
        quantity: purchase.quantity,
        expectedAt: formatInstant(purchase.arrivesAt),
      },
    })
  }
}

/** What has arrived is taken in; now and then a carton is wet. */
export function takeInSupply(scene: Scene): void {
  const { region, now, chance } = scene
  const arrived = region.purchases.filter(({ arrivesAt }) => arrivesAt <= now)
  if (arrived.length === 0) return
  region.purchases = region.purchases.filter(({ arrivesAt }) => arrivesAt > now)
  for (const purchase of arrived) {
    const wet = hits(chance, 60) && purchase.node === scene.sites.warehouse.node ? 12 : 0
    receive(scene, purchase, purchase.quantity - wet, 'sellable')
    if (wet > 0) receive(scene, purchase, wet, 'damaged')
  }
}

function receive(
  scene: Scene,
  { ref, sku, node }: Purchase,
  quantity: number,
  disposition: 'sellable' | 'damaged',
): void {
  const perCase = scene.catalogue.find((item) => item.sku === sku)!.perCase
  change(scene, node, sku, { onHand: quantity, ...(disposition === 'damaged' ? { damaged: quantity } : {}) })
  tell(scene, placeOf(scene, node).source, {
    type: 'plimsoll.stock.received',
    sku,
    key: `receipt/${ref}/${disposition}`,
    data: {
      node,
      ...(perCase > 0 ? { quantity: quantity / perCase, uom: 'CASE' } : { quantity }),
      ref,
      ...(disposition === 'damaged' ? { disposition } : {}),
    },
  })
}
