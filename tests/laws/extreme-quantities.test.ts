import fc from 'fast-check'
import { expect, test } from 'vitest'
import { figureOf } from '../../shared/snapshot/figure.ts'
import { encodeShard } from '../../shared/snapshot/shard.ts'
import { ShardReader } from '../../shared/snapshot/shard-reader.ts'
import { FIGURE_MAX, QUANTITY_MAX } from '../../shared/domain/quantity.ts'
import { answerOf } from '../../regions/api/availability-answer.ts'
import { Ask, viewAt } from '../../regions/api/availability-view.ts'
import { fact, fold, HEARD_AT } from '../../regions/ledger/core/given.ts'
import { figuresOf } from '../../regions/ledger/core/figures.ts'
import { snapshotRowOf } from '../../regions/ledger/core/snapshot-row.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { Region } from '../../shared/domain/ids.ts'

/** The largest quantities that the border lets in, and so many lots of them that their sum passes the safe integers. */
const quantity = fc.oneof(
  fc.constantFrom(1, 7, QUANTITY_MAX - 1, QUANTITY_MAX),
  fc.integer({ min: 1, max: QUANTITY_MAX }),
)
const world = fc.record({
  lots: fc.constantFrom(1, 3, 1125, 1127, 9_100),
  perLot: quantity,
  ordered: quantity,
  kitQuantity: quantity,
  kitsOrdered: fc.option(quantity),
  percent: fc.integer({ min: 0, max: 100 }),
  safetyPercent: fc.option(fc.integer({ min: 0, max: 100 })),
})
type World = typeof world extends fc.Arbitrary<infer T> ? T : never

const item = (sku: string, data: object = {}): Fact =>
  fact({ type: 'item.upserted', source: 'plimsoll-hub', sku, data: { baseUom: 'EA', decimals: 0, ...data } })
const order = (number: number, sku: string, units: number): Fact => {
  const data = {
    orderRef: `web:${number}`,
    channel: 'web',
    lines: [{ line: '1', sku, quantity: units, dueAt: '1970-01-20T00:00:00Z' }],
  }
  return fact({ type: 'order.accepted', data })
}
const policy = (kind: string, body: object): Fact =>
  ({
    ...fact({
      type: 'policy.activated',
      data: { kind, scope: '*', body: { ...body, author: 'a', reason: 'r' } },
    }),
    subject: `${kind}/*`,
  }) as Fact

function told({ lots, perLot, ordered, kitQuantity, kitsOrdered, percent, safetyPercent }: World): Fact[] {
  return [
    {
      ...fact({ type: 'node.upserted', source: 'plimsoll-hub', data: { sells: true } }),
      subject: 'n',
    } as Fact,
    item('X'),
    item('K', { kit: [{ sku: 'X', quantity: kitQuantity }] }),
    ...Array.from({ length: lots }, (_, lot) =>
      fact({ type: 'stock.received', sku: 'X', data: { node: 'n', lot: `L${lot}`, quantity: perLot } }),
    ),
    order(1, 'X', ordered),
    ...(kitsOrdered === null ? [] : [order(2, 'K', kitsOrdered)]),
    policy('allocation', { rules: [{ class: 'edi', ringFence: { percent } }] }),
    ...(safetyPercent === null ? [] : [policy('safetyStock', { percent: safetyPercent })]),
  ]
}

const ASKS = [{}, { channel: 'web' }, { channel: 'edi' }, { channel: 'shop', node: 'n' }].map((ask) =>
  Ask.parse(ask),
)

test('no answer is anything but whole units, however large what was told; and the edge can hold it', () => {
  fc.assert(
    fc.property(world, (it) => {
      const { books } = fold(told(it)).ledger
      const view = viewAt(Region.parse('eu'), books, 1, HEARD_AT)
      const rows = ['X', 'K'].map((sku) => snapshotRowOf(figuresOf(books, books.skus.find(sku), HEARD_AT)))
      const shard = ShardReader.open(
        encodeShard({ region: 'eu', shard: 0, version: 1, asOf: HEARD_AT }, rows),
      )
      if (!shard.ok) throw new Error(shard.error.detail)
      for (const sku of ['X', 'K'])
        for (const ask of ASKS) {
          const answer = answerOf(view, sku, ask)!
          expect(figureOf(shard.value.find(sku)!, view.rules, ask)).toBe(answer.availableToSell)
          for (const units of [answer.availableToSell, ...answer.availableToPromise.map((p) => p.quantity)])
            expect(Number.isSafeInteger(units) && units >= 0, `${sku}: ${units}`).toBe(true)
        }
    }),
    { numRuns: 40 },
  )
})

test('what may be sold is exact up to the largest figure, and never more than there is beyond it', () => {
  fc.assert(
    fc.property(world, (it) => {
      const { books } = fold(told({ ...it, kitsOrdered: null, safetyPercent: null })).ledger
      const view = viewAt(Region.parse('eu'), books, 1, HEARD_AT)
      const truth = BigInt(it.lots) * BigInt(it.perLot) - BigInt(it.ordered)
      const { availableToSell } = answerOf(view, 'X', {})!
      if (truth > BigInt(FIGURE_MAX)) expect(availableToSell).toBe(FIGURE_MAX)
      else expect(BigInt(availableToSell)).toBe(truth < 0n ? 0n : truth)
    }),
    { numRuns: 40 },
  )
})
