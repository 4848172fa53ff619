import { CHANNELS } from './demo-sites.ts'
import { change, hits, later, oneOf, placeOf, type Scene, tell, timesNow } from './scene.ts'
import { freeOf, nextSerial, type Order, stockAt } from './world.ts'

/** Beyond it the demo's customers wait until some are done. */
const OPEN_ORDERS_MAX = 300
/** So often an order waits for goods before the customer gives up. */
const WAITS_MAX = 6

/** Customers order: mostly what is there, sometimes what isn't yet. */
export function placeOrders(scene: Scene, ordersPerSecond: number): void {
  for (let n = timesNow(scene, ordersPerSecond); n > 0; n--) {
    if (scene.region.orders.length >= OPEN_ORDERS_MAX) return
    placeOrder(scene)
  }
}

function placeOrder(scene: Scene): void {
  const { chance, sites, world } = scene
  const { channel, segments } = oneOf(chance, CHANNELS)
  const order: Order = {
    orderRef: `${channel}:${sites.region.toUpperCase()}${nextSerial(world)}`,
    channel,
    ...(segments.length > 0 ? { segment: oneOf<string>(chance, segments) } : {}),
    teller: channel === 'b2b-portal' || channel === 'amazon' ? sites.shop : sites.erp,
    lines: [],
    stage: 'accepted',
    fate: hits(chance, 70) ? 'cancel' : hits(chance, 80) ? 'change' : 'ship',
    nextAt: later(scene, 6_000, 30_000),
    waits: 0,
  }
  // The depot serves the EDI partners (its files name an order by its bare number), the warehouse everybody else.
  const { node } = channel === 'edi' ? sites.depot : sites.warehouse
  for (let line = 1, lines = chance.int(1, 4); line <= lines; line++) {
    const { sku } = oneOf(chance, scene.catalogue)
    const quantity = Math.min(
      chance.int(1, 7),
      Math.max(hits(chance, 100) ? 3 : 0, freeToPromise(scene, node, sku)),
    )
    if (quantity > 0 && order.lines.every((other) => other.sku !== sku))
      order.lines.push({ line: String(line), sku, quantity, node })
  }
  if (order.lines.length === 0) return
  scene.region.orders.push(order)
  tellOrder(scene, order, 'accepted')
}

function tellOrder(scene: Scene, order: Order, what: 'accepted' | 'changed' | 'cancelled'): void {
  const { orderRef, channel, segment } = order
  tell(scene, order.teller, {
    type: `plimsoll.order.${what}`,
    key: `order/${orderRef}/${what}`,
    data: {
      orderRef,
      channel,
      ...(segment === undefined ? {} : { segment }),
      ...(what === 'cancelled'
        ? {}
        : {
            // Only EDI partners name the place; the others leave it to sourcing.
            lines: order.lines.map(({ line, sku, quantity, node }) => ({
              line,
              sku,
              quantity,
              ...(channel === 'edi' ? { node } : {}),
            })),
          }),
    },
  })
}

function freeToPromise(scene: Scene, node: string, sku: string): number {
  let promised = 0
  for (const order of scene.region.orders) {
    if (order.stage === 'picked') continue
    for (const line of order.lines) if (line.sku === sku && line.node === node) promised += line.quantity
  }
  return freeOf(stockAt(scene.region, node, sku)) - promised
}

/** What is due is cancelled, changed, picked or shipped. */
export function workOrders(scene: Scene): void {
  const { region, now } = scene
  const done = new Set<Order>()
  for (const order of region.orders) {
    if (order.nextAt <= now && workOrder(scene, order) === 'done') done.add(order)
  }
  if (done.size > 0) region.orders = region.orders.filter((order) => !done.has(order))
}

function workOrder(scene: Scene, order: Order): 'open' | 'done' {
  if (order.stage === 'picked') return ship(scene, order)
  if (order.fate === 'cancel' || order.waits > WAITS_MAX) {
    tellOrder(scene, order, 'cancelled')
    return 'done'
  }
  order.nextAt = later(scene, 6_000, 20_000)
  if (order.fate === 'change') {
    const line = oneOf(scene.chance, order.lines)
    line.quantity = line.quantity > 1 ? line.quantity - 1 : 2
    order.fate = 'ship'
    tellOrder(scene, order, 'changed')
  } else if (isThere(scene, order)) pick(scene, order)
  else order.waits += 1
  return 'open'
}

const isThere = (scene: Scene, order: Order): boolean =>
  order.lines.every(({ node, sku, quantity }) => freeOf(stockAt(scene.region, node, sku)) >= quantity)

function pick(scene: Scene, order: Order): void {
  order.stage = 'picked'
  for (const { line, sku, quantity, node } of order.lines) {
    change(scene, node, sku, { picked: quantity })
    // The depot's files know no picks.
    if (node !== scene.sites.warehouse.node) continue
    tell(scene, placeOf(scene, node).source, {
      type: 'plimsoll.stock.picked',
      sku,
      key: `pick/${order.orderRef}/line/${line}`,
      data: { node, quantity, orderRef: order.orderRef, line },
    })
  }
}

function ship(scene: Scene, order: Order): 'done' {
  const shipment = `S${nextSerial(scene.world)}`
  for (const { line, sku, quantity, node } of order.lines) {
    change(scene, node, sku, { onHand: -quantity, picked: -quantity })
    tell(scene, placeOf(scene, node).source, {
      type: 'plimsoll.stock.shipped',
      sku,
      key: `shipment/${shipment}/line/${line}`,
      data: { node, quantity, orderRef: order.orderRef, line, shipment },
    })
  }
  return 'done'
}
