import { change, hits, oneOf, placeOf, type Scene, tell, timesNow } from './scene.ts'
import { freeOf, nextSerial, stockAt } from './world.ts'

/** The small things of every day: shrinkage, finds, returns, inspections. A second holds so many of each. */
const ADJUSTMENTS_PER_SECOND = 0.12
const RETURNS_PER_SECOND = 0.1
const INSPECTIONS_PER_SECOND = 0.1

export function upkeep(scene: Scene): void {
  for (let n = timesNow(scene, ADJUSTMENTS_PER_SECOND); n > 0; n--) adjust(scene)
  for (let n = timesNow(scene, RETURNS_PER_SECOND); n > 0; n--) takeBack(scene)
  for (let n = timesNow(scene, INSPECTIONS_PER_SECOND); n > 0; n--) inspect(scene)
}

function adjust(scene: Scene): void {
  const { chance, sites } = scene
  const { sku } = oneOf(chance, scene.catalogue)
  const { node } = oneOf(chance, [sites.warehouse, sites.depot])
  const isLoss = hits(chance, 650)
  const quantity = isLoss
    ? -Math.min(chance.int(1, 4), freeOf(stockAt(scene.region, node, sku)))
    : chance.int(1, 3)
  if (quantity === 0) return
  change(scene, node, sku, { onHand: quantity })
  tell(scene, placeOf(scene, node).source, {
    type: 'plimsoll.stock.adjusted',
    sku,
    key: `adjustment/A${nextSerial(scene.world)}`,
    data: { node, quantity, reason: isLoss ? 'shrinkage' : 'found' },
  })
}

/** Returns come to the warehouse, and wait there to be looked at. */
function takeBack(scene: Scene): void {
  const { sku } = oneOf(scene.chance, scene.catalogue)
  const { node, source } = scene.sites.warehouse
  const quantity = scene.chance.int(1, 3)
  change(scene, node, sku, { onHand: quantity, quarantined: quantity })
  const ref = `R${nextSerial(scene.world)}`
  tell(scene, source, {
    type: 'plimsoll.stock.returned',
    sku,
    key: `return/${ref}`,
    data: { node, quantity, disposition: 'quarantined', ref },
  })
}

/** Four of five that were looked at can be sold again. */
function inspect(scene: Scene): void {
  const { node, source } = scene.sites.warehouse
  const waiting = scene.catalogue.filter(({ sku }) => stockAt(scene.region, node, sku).quarantined > 0)
  if (waiting.length === 0) return
  const { sku } = oneOf(scene.chance, waiting)
  const quantity = stockAt(scene.region, node, sku).quarantined
  const to = hits(scene.chance, 800) ? 'sellable' : 'damaged'
  change(scene, node, sku, { quarantined: -quantity, ...(to === 'damaged' ? { damaged: quantity } : {}) })
  tell(scene, source, {
    type: 'plimsoll.stock.moved',
    sku,
    key: `inspection/I${nextSerial(scene.world)}`,
    data: { node, quantity, from: 'quarantined', to },
  })
}
