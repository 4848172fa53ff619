import * as z from 'zod'
import type { TrafficConfig } from '../config.ts'
import { sitesOf } from '../world/demo-sites.ts'
import type { Order, World } from '../world/world.ts'

const REQUEST_MS_MAX = 5_000
const UNDER_WAY_MAX = 20
/** An order whose confirmation is lost on the way holds nothing for longer; the order itself is told all the same. */
const HOLD_S = 60

const Held = z.object({ reservationId: z.string() })

/**
 * The storefronts' checkout: what is ordered there is first held through the edge, then confirmed; the order feed tells the order
 * a moment later, and stands for the hold. One try each: who is told to come again has ordered meanwhile.
 */
export class Checkout {
  readonly #config: TrafficConfig
  /** Orders that were looked at; those of an earlier run are not held again. */
  readonly #seen: Set<string>
  #counts: Record<string, number> = {}
  #underWay = 0

  constructor(config: TrafficConfig, world: World) {
    this.#config = config
    this.#seen = new Set(ordersOf(world).map(({ order }) => order.orderRef))
  }

  /** Begins with what was ordered since the last look. */
  look(world: World): void {
    const orders = ordersOf(world)
    for (const { region, order } of orders) {
      if (this.#seen.has(order.orderRef)) continue
      this.#seen.add(order.orderRef)
      // Before its items were put the region has nothing to hold.
      if (!world.regions[region]!.isSeeded || this.#underWay >= UNDER_WAY_MAX) continue
      if (order.teller === sitesOf(region).shop) void this.#buy(region, order)
    }
    const open = new Set(orders.map(({ order }) => order.orderRef))
    for (const orderRef of this.#seen) if (!open.has(orderRef)) this.#seen.delete(orderRef)
  }

  /** The counts since the last call. */
  takeCounts(): Readonly<Record<string, number>> {
    const counts = this.#counts
    this.#counts = {}
    return counts
  }

  async #buy(region: string, order: Order): Promise<void> {
    this.#underWay += 1
    const what = await this.#hold(region, order).catch(() => 'unreachable')
    this.#counts[what] = (this.#counts[what] ?? 0) + 1
    this.#underWay -= 1
  }

  async #hold(region: string, { orderRef, channel, segment, lines }: Order): Promise<string> {
    const key = this.#config.edge.keys[channel]
    if (key === undefined) return 'without a key'
    const body = {
      orderRef,
      ...(segment === undefined ? {} : { segment }),
      lines: lines.map(({ line, sku, quantity }) => ({ line, sku, quantity })),
      ttlSeconds: HOLD_S,
    }
    const held = await this.#post(key, `/v1/reservations?region=${region}`, orderRef, body)
    if (held.status === 409) return 'short'
    if (!held.ok) return `refused ${held.status}`
    const { reservationId } = Held.parse(await held.json())
    const confirmed = await this.#post(
      key,
      `/v1/reservations/${reservationId}/confirm?region=${region}`,
      orderRef,
    )
    return confirmed.ok ? 'confirmed' : `refused ${confirmed.status}`
  }

  #post(key: string, path: string, orderRef: string, body?: object): Promise<Response> {
    return fetch(`${this.#config.edge.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'idempotency-key': orderRef,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_MS_MAX),
    })
  }
}

const ordersOf = (world: World): { region: string; order: Order }[] =>
  Object.values(world.regions).flatMap(({ region, orders }) => orders.map((order) => ({ region, order })))
