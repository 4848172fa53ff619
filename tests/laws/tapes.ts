import fc from 'fast-check'
import type { Fact } from '../../shared/contract/events.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'

/**
 * Tapes of facts for the laws: every type of event, over two skus that lie at nodes, a kit of them and a kit of that kit,
 * told by owners and observers, with and without lots, counters and business keys.
 */

/** The first minute of a tape, and the moment at which its figures are read. */
const START: Instant = Date.UTC(2026, 10, 2, 8)
export const NOW: Instant = START + 3 * 3_600_000

const minutes = (n: number): string => formatInstant(START + n * 60_000)
const days = (n: number): string => formatInstant(START + n * 86_400_000)

export const SKUS = ['X', 'Y', 'KIT', 'KIT-OF-KITS'] as const
export const NODES = ['ber1', 'muc1'] as const

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined })

const sku = fc.constantFrom(...SKUS)
const node = fc.constantFrom(...NODES)
/** A transfer may come from, or go to, a node of another region. */
const anyNode = fc.constantFrom(...NODES, 'far1')
const lot = fc.option(fc.constantFrom('L1', 'L2'), { nil: undefined, freq: 4 })
const quantity = fc.integer({ min: 1, max: 50 })
const delta = fc.integer({ min: -20, max: 20 }).filter((n) => n !== 0)
const disposition = fc.constantFrom('sellable', 'damaged', 'quarantined')
const state = fc.constantFrom('onHand', 'damaged', 'quarantined')
const orderRef = fc.constantFrom('web:1', 'web:2', 'edi:1')
const line = fc.constantFrom('1', '2')
const day = fc.integer({ min: -2, max: 9 }).map(days)
const signed = { author: fc.constant('ops'), reason: fc.constant('contract') }

type Content = { readonly type: string; readonly subject?: string; readonly data: Record<string, unknown> }

const ofSku = (type: string, data: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Content> =>
  fc.record({ type: fc.constant(type), subject: sku, data: fc.record(data) })
const ofOrder = (type: string, data: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Content> =>
  fc.record({ type: fc.constant(type), data: fc.record(data) })

const orderLine = fc.record({ line, sku, quantity, node: optional(node), dueAt: optional(day) })
const orderLines = fc.uniqueArray(orderLine, { minLength: 1, maxLength: 2, selector: (it) => it.line })
const seller = { channel: fc.constantFrom('web', 'edi'), segment: optional(fc.constant('gold')) }

const stock: fc.Arbitrary<Content>[] = [
  ofSku('stock.received', { node, lot, quantity, disposition, ref: optional(fc.constantFrom('T1', 'P1')) }),
  ofSku('stock.picked', { node, lot, quantity, orderRef, line }),
  ofSku('stock.shipped', { node, lot, quantity, orderRef: optional(orderRef), line: optional(line) }),
  ofSku('stock.returned', { node, lot, quantity, disposition }),
  ofSku('stock.adjusted', { node, lot, quantity: delta, reason: fc.constant('shrinkage') }),
  ofSku('stock.moved', { node, lot, quantity, from: disposition, to: disposition }),
  ofSku('correction.applied', { node, lot, state, delta, ...signed }),
]
const count = fc.record({
  type: fc.constant('stock.counted'),
  subject: sku,
  data: fc.record({
    node,
    lot,
    states: fc.record({ onHand: quantity, damaged: optional(quantity), quarantined: optional(quantity) }),
    backMinutes: fc.nat(30),
  }),
})
const supply: fc.Arbitrary<Content>[] = [
  ...['transfer.shipped', 'transfer.received'].map((type) =>
    ofSku(type, {
      transfer: fc.constantFrom('T1', 'T2'),
      from: anyNode,
      to: anyNode,
      quantity,
      expectedAt: optional(day),
    }),
  ),
  ofSku('receipt.expected', { ref: fc.constantFrom('P1', 'P2'), node, quantity, expectedAt: day }),
]
const demand: fc.Arbitrary<Content>[] = [
  ...['order.accepted', 'order.changed'].map((type) =>
    ofOrder(type, { orderRef, ...seller, lines: orderLines }),
  ),
  ofOrder('order.cancelled', {
    orderRef,
    lines: optional(
      fc.uniqueArray(fc.record({ line, sku, quantity: optional(quantity) }), {
        minLength: 1,
        maxLength: 2,
        selector: (it) => it.line,
      }),
    ),
  }),
]
const ways: fc.Arbitrary<Content>[] = [
  ofOrder('fulfilment.sourced', {
    orderRef,
    lines: fc.uniqueArray(
      fc.record({
        line,
        sku,
        nodes: fc.uniqueArray(fc.record({ node, quantity }), { maxLength: 2, selector: (it) => it.node }),
      }),
      { minLength: 1, maxLength: 2, selector: (it) => it.line },
    ),
  }),
  ofSku('fulfilment.short', { node, quantity, orderRef, line }),
]
const hold = fc.constantFrom(['R1', 'web:1'], ['R2', 'web:2'], ['R3', 'web:9'])
const holds: fc.Arbitrary<Content>[] = [
  hold.chain(([reservation, ref]) =>
    ofOrder('reservation.made', {
      reservation: fc.constant(reservation),
      orderRef: fc.constant(ref),
      ...seller,
      lines: orderLines,
      // Some end before the figures are read, some after.
      expiresAt: fc.integer({ min: 0, max: 360 }).map(minutes),
    }),
  ),
  hold.chain(([reservation, ref]) =>
    ofOrder('reservation.extended', {
      reservation: fc.constant(reservation),
      orderRef: fc.constant(ref),
      expiresAt: fc.integer({ min: 0, max: 360 }).map(minutes),
    }),
  ),
  ...['reservation.confirmed', 'reservation.released', 'reservation.expired'].map((type) =>
    hold.chain(([reservation, ref]) =>
      ofOrder(type, { reservation: fc.constant(reservation), orderRef: fc.constant(ref) }),
    ),
  ),
]
const ringFence = fc.oneof(fc.record({ quantity }), fc.record({ percent: fc.integer({ min: 1, max: 60 }) }))
const rule = fc.record({
  class: fc.constantFrom('web', 'web/gold', 'edi'),
  priority: optional(fc.integer({ min: 1, max: 3 })),
  ringFence: optional(ringFence),
  cap: optional(quantity),
  buffer: optional(fc.nat(5)),
  minPublish: optional(fc.nat(3)),
})
const step = fc.oneof(
  fc.constantFrom({ action: 'serve' }, { action: 'exclude' }),
  fc.record({ action: fc.constant('buffer'), percent: fc.integer({ min: 1, max: 100 }) }),
)
const policy = (
  kind: string,
  scope: fc.Arbitrary<string>,
  body: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Content> =>
  scope.chain((at) =>
    fc.record({
      type: fc.constant('policy.activated'),
      subject: fc.constant(`${kind}/${at}`),
      data: fc.record({
        kind: fc.constant(kind),
        scope: fc.constant(at),
        body: fc.record({ ...body, ...signed }),
      }),
    }),
  )
const policies: fc.Arbitrary<Content>[] = [
  policy('depletion', fc.constantFrom('*', 'channel:web', 'sku:X', 'tier:A'), {
    mode: fc.constantFrom('reservation', 'pick', 'shipment'),
  }),
  policy('safetyStock', fc.constantFrom('*', 'node:ber1', 'sku:X', 'sku:X,node:ber1'), {
    quantity: fc.nat(8),
  }),
  policy('safetyStock', fc.constantFrom('tier:A', 'node:muc1'), { percent: fc.nat(40) }),
  policy('safetyStock', fc.constantFrom('channel:web', 'sku:X,channel:edi', 'channel:web,node:ber1'), {
    quantity: fc.nat(8),
  }),
  // Some held before, some hold now, some will.
  policy('safetyStock', fc.constantFrom('sku:Y', 'sku:X,node:muc1'), {
    quantity: fc.nat(8),
    from: fc.constantFrom(minutes(0), minutes(300)),
    until: fc.constantFrom(minutes(60), minutes(600)).map(String),
  }),
  policy('allocation', fc.constantFrom('*', 'sku:X', 'tier:A'), {
    rules: fc.uniqueArray(rule, { maxLength: 3, selector: (it) => it.class }),
  }),
  policy('tier', fc.constantFrom('sku:X', 'sku:KIT'), { tier: fc.constantFrom('A', 'B', 'C') }),
  policy('atp', fc.constantFrom('*', 'sku:Y'), {
    horizonDays: fc.integer({ min: 1, max: 12 }),
    receiptConfidencePercent: fc.integer({ min: 0, max: 100 }),
  }),
  policy('freshness', fc.constantFrom('source:wms', 'source:wms,node:ber1'), {
    maxSilenceMs: fc.constantFrom(60_000, 3_600_000),
    downAfterMs: fc.constantFrom(4 * 3_600_000, 8 * 3_600_000),
    late: step,
    down: step,
  }),
]
const master: fc.Arbitrary<Content>[] = [
  fc.record({
    type: fc.constant('item.upserted'),
    subject: fc.constant('KIT'),
    data: fc.record({
      baseUom: fc.constant('EA'),
      kit: optional(
        fc.constantFrom(
          [{ sku: 'X', quantity: 1 }],
          [
            { sku: 'X', quantity: 2 },
            { sku: 'Y', quantity: 3 },
          ],
        ),
      ),
    }),
  }),
  fc.record({
    type: fc.constant('node.upserted'),
    subject: node,
    data: fc.record({ sells: fc.boolean(), source: fc.constant('wms') }),
  }),
  fc.record({
    type: fc.constant('source.heartbeat'),
    data: fc.record({ nodes: optional(fc.constant(['muc1'])) }),
  }),
]

/** What every tape stands on: heard first, and never shuffled away. */
const ground: readonly Content[] = [
  ...NODES.map((it) => ({ type: 'node.upserted', subject: it, data: { sells: true, source: 'wms' } })),
  { type: 'source.upserted', subject: 'wms', data: { role: 'wms' } },
  { type: 'item.upserted', subject: 'X', data: { baseUom: 'EA', tier: 'A', substitutes: ['Y'] } },
  { type: 'item.upserted', subject: 'Y', data: { baseUom: 'EA' } },
  {
    type: 'item.upserted',
    subject: 'KIT',
    data: {
      baseUom: 'EA',
      kit: [
        { sku: 'X', quantity: 2 },
        { sku: 'Y', quantity: 1 },
      ],
    },
  },
  {
    type: 'item.upserted',
    subject: 'KIT-OF-KITS',
    data: {
      baseUom: 'EA',
      kit: [
        { sku: 'KIT', quantity: 1 },
        { sku: 'X', quantity: 1 },
      ],
    },
  },
]

const isMaster = (type: string): boolean => /^(item|node|source|policy)\.(upserted|activated)$/.test(type)
/** What a source says of its own stock; the rest is the hub's word, or an ERP's. */
const isPhysical = (type: string): boolean => type.startsWith('stock.') || type.startsWith('transfer.')

type Drawn = {
  readonly content: Content
  readonly minute: number
  readonly source: 'wms' | 'erp'
  readonly isObserver: boolean
  readonly hasKey: boolean
}

function factOf({ content, minute, source, isObserver, hasKey }: Drawn, index: number): Fact {
  const { type, subject, data: drawn } = content
  const { backMinutes, ...data } = drawn as Record<string, unknown> & { backMinutes?: number }
  // The source's counter runs with what it speaks of: a count carries that of its moment.
  const speaksOf = minute - (backMinutes ?? 0)
  if (backMinutes !== undefined) data['asOf'] = minutes(speaksOf)
  const isCounted = type === 'stock.counted'
  return JSON.parse(
    JSON.stringify({
      specversion: '1.0',
      id: `f${index}`,
      source: isMaster(type) ? 'plimsoll-hub' : source,
      type: `plimsoll.${type}`,
      time: minutes(minute),
      subject,
      ...(isPhysical(type) && source === 'wms'
        ? { sequence: 10_000 + speaksOf * 100 + (isCounted ? 99 : index) }
        : {}),
      ...(hasKey ? { businesskey: `key/${index}` } : {}),
      ...(isPhysical(type) && isObserver ? { standing: 'observer' } : {}),
      data,
    }),
  ) as Fact
}

const drawn = (content: fc.Arbitrary<Content>): fc.Arbitrary<Drawn> =>
  fc.record({
    content,
    minute: fc.integer({ min: 31, max: 120 }),
    source: fc.constantFrom('wms', 'erp'),
    isObserver: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    hasKey: fc.boolean(),
  })

/** A hold is made once: the hub gives every one its own id. */
function isFirstMade(): (drawn: Drawn) => boolean {
  const made = new Set<unknown>()
  return ({ content: { type, data } }) => {
    if (type !== 'reservation.made') return true
    const { size } = made
    return made.add(data['reservation']).size > size
  }
}

function tapeOf(contents: fc.Arbitrary<Content>, lengthMax: number): fc.Arbitrary<Fact[]> {
  return fc.array(drawn(contents), { minLength: 2, maxLength: lengthMax }).map((facts) => {
    const first = ground.map(
      (content) => ({ content, minute: 0, source: 'wms', isObserver: false, hasKey: false }) as const,
    )
    return [...first, ...facts.toSorted((a, b) => a.minute - b.minute)].filter(isFirstMade()).map(factOf)
  })
}

/** Any facts at all. */
export const anyTape = tapeOf(
  fc.oneof(
    { weight: 8, arbitrary: fc.oneof(...stock, count) },
    { weight: 3, arbitrary: fc.oneof(...supply) },
    { weight: 4, arbitrary: fc.oneof(...demand) },
    { weight: 4, arbitrary: fc.oneof(...holds) },
    { weight: 2, arbitrary: fc.oneof(...ways) },
    { weight: 3, arbitrary: fc.oneof(...policies, ...master) },
  ),
  30,
)

/** Without counts: what moves is all there is. */
export const movementTape = tapeOf(fc.oneof(...stock, ...supply, ...demand), 30)

/** The same facts in any order, some of them more than once. */
export const delivered = (tape: readonly Fact[]): fc.Arbitrary<Fact[]> =>
  fc
    .subarray([...tape])
    .chain((again) => fc.shuffledSubarray([...tape, ...again], { minLength: tape.length + again.length }))
