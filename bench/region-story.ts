import { checkDigit } from '../shared/domain/gtin.ts'
import { formatInstant } from '../shared/kernel/clock.ts'

/**
 * The first days of a region, as messages of FACTS: its master data, a count of every position, then orders, and goods
 * that come and go. Made anew at each call, always the same, so that nothing of it has to be kept.
 */
export type Size = { readonly skus: number; readonly orders: number; readonly movements: number }

export const NODES = ['ber1', 'ham1', 'muc1', 'lej1', 'vie1'] as const
const MONDAY = Date.parse('2026-11-23T06:00:00.000Z')
/** Facts of one message, as the hub's border packs them at most. */
const FACTS_PER_MESSAGE = 500

export const skuName = (i: number): string => `PL-${String(i).padStart(7, '0')}`
const sourceOf = (node: number): string => `wms-${NODES[node]!}`

/** Every channel has a rule of its own. */
export const CHANNELS: readonly string[] = Array.from({ length: 20 }, (_, n) => `channel-${n}`)
/** Of so many skus one is a kit of the two before it. */
const KIT_EVERY = 50
const TAIL = 100_000

export function factsIn({ skus, orders, movements }: Size): number {
  return 1 + 2 * NODES.length + skus * (1 + NODES.length) + orders + movements
}

/** Messages in order, as the bytes that NATS would deliver. */
export const messagesOf = (size: Size): Generator<Uint8Array> => packed(factsOf(size))

/** What comes after the last checkpoint. */
export const tailOf = ({ skus, movements }: Size): Generator<Uint8Array> =>
  packed(Array.from({ length: TAIL }, (_, n) => movement(movements + n, skus)))

function* packed(facts: Iterable<unknown>): Generator<Uint8Array> {
  const encoder = new TextEncoder()
  let pending: unknown[] = []
  for (const fact of facts) {
    pending.push(fact)
    if (pending.length < FACTS_PER_MESSAGE) continue
    yield encoder.encode(JSON.stringify(pending))
    pending = []
  }
  if (pending.length > 0) yield encoder.encode(JSON.stringify(pending))
}

function* factsOf(size: Size): Generator<unknown> {
  for (let node = 0; node < NODES.length; node++) {
    yield fact('source.upserted', `source-${node}`, 'hub', sourceOf(node), 0, {
      role: 'wms',
      nodes: [NODES[node]],
    })
    yield fact('node.upserted', `node-${node}`, 'hub', NODES[node]!, 0, { sells: true })
  }
  yield allocation()
  for (let i = 0; i < size.skus; i++) yield item(i)
  for (let node = 0; node < NODES.length; node++) for (let i = 0; i < size.skus; i++) yield count(i, node)
  for (let n = 0; n < Math.max(size.orders, size.movements); n++) {
    if (n < size.orders) yield order(n, size.skus)
    if (n < size.movements) yield movement(n, size.skus)
  }
}

function allocation(): unknown {
  const rules = CHANNELS.map((name, n) => ({
    class: name,
    priority: n,
    ringFence: { percent: 2 },
    buffer: 1,
    cap: 400,
  }))
  const body = { rules, author: 'a.planner', reason: 'each channel has its share' }
  return fact('policy.activated', 'allocation', 'hub', 'allocation/*', 0, {
    kind: 'allocation',
    scope: '*',
    body,
  })
}

function item(i: number): unknown {
  const digits = String(400_000_000_000 + i)
  return fact('item.upserted', `item-${i}`, 'erp-main', skuName(i), 0, {
    name: `Bolt, hexagon, M${i % 40} x ${i % 300}`,
    baseUom: 'EA',
    decimals: 0,
    uoms: { CASE: 12 + (i % 5) * 12 },
    gtin: `${digits}${checkDigit(digits)}`,
    value: 100 + (i % 5000),
    tier: i % 20 === 0 ? 'A' : i % 5 === 0 ? 'C' : 'B',
    ...(i % KIT_EVERY === KIT_EVERY - 1
      ? { kit: [1, 2].map((n) => ({ sku: skuName(i - n), quantity: n })) }
      : {}),
  })
}

function count(i: number, node: number): unknown {
  const asOf = formatInstant(MONDAY + i)
  const data = {
    node: NODES[node],
    states: { onHand: 20 + ((i * 7 + node) % 500), damaged: i % 50 === 0 ? 1 : 0 },
    asOf,
  }
  return { ...fact('stock.counted', `count-${node}-${i}`, sourceOf(node), skuName(i), i, data), sequence: i }
}

function order(n: number, skus: number): unknown {
  const orderRef = `${CHANNELS[n % CHANNELS.length]}:SO-${n}`
  const lines = [{ line: '1', sku: skuName((n * 7919) % skus), quantity: 1 + (n % 4) }]
  return fact('order.accepted', `order-${n}`, 'erp-main', undefined, n, {
    orderRef,
    channel: CHANNELS[n % CHANNELS.length],
    lines,
  })
}

function movement(n: number, skus: number): unknown {
  const node = n % NODES.length
  const isIn = n % 3 === 0
  const data = { node: NODES[node], quantity: 1 + (n % 4) }
  return {
    ...fact(
      isIn ? 'stock.received' : 'stock.shipped',
      `move-${n}`,
      sourceOf(node),
      skuName((n * 104_729) % skus),
      n,
      data,
    ),
    sequence: 10_000_000 + n,
    businesskey: `movement/${n}`,
    correlationid: `c-${n}`,
  }
}

function fact(
  type: string,
  id: string,
  source: string,
  subject: string | undefined,
  n: number,
  data: unknown,
) {
  const time = formatInstant(MONDAY + n)
  return { specversion: '1.0', id, source, type: `plimsoll.${type}`, time, subject, data }
}
