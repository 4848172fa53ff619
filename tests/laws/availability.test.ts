import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { figuresOf, type SkuFigures } from '../../regions/ledger/core/figures.ts'
import type { Ledger } from '../../regions/ledger/core/ledger.ts'
import { promiseOf } from '../../regions/ledger/core/promise-of.ts'
import { rulesOf, snapshotRowOf } from '../../regions/ledger/core/snapshot-row.ts'
import { answerOf } from '../../regions/api/availability-answer.ts'
import { viewAt } from '../../regions/api/availability-view.ts'
import type { Explanation, RegionAvailabilityAnswer } from '../../shared/contract/availability-api.ts'
import type { Region } from '../../shared/domain/ids.ts'
import { poolOf } from '../../shared/domain/allocation.ts'
import type { Rules } from '../../shared/contract/push.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { type FigureAsk, figureOf } from '../../shared/snapshot/figure.ts'
import { encodeShard } from '../../shared/snapshot/shard.ts'
import { ShardReader } from '../../shared/snapshot/shard-reader.ts'
import { hotRowsIn } from '../../edge/snapshots/hot-rows.ts'
import { ASKS, foldAll } from './picture.ts'
import { anyTape, NODES, NOW, SKUS } from './tapes.ts'

type Read = {
  readonly rules: Rules
  readonly figures: (sku: string) => SkuFigures
  readonly ats: (sku: string, ask: FigureAsk) => number
  readonly promised: (sku: string, ask: FigureAsk) => Map<string, number>
}

function reading({ books }: Ledger): Read {
  const rules = rulesOf(books, 1, NOW)
  const figures = (sku: string): SkuFigures => figuresOf(books, books.skus.find(sku), NOW)
  return {
    rules,
    figures,
    ats: (sku, ask) => figureOf(snapshotRowOf(figures(sku)), rules, ask),
    promised: (sku, ask) =>
      new Map(promiseOf(books, figures(sku), rules, ask, NOW).map(({ date, quantity }) => [date, quantity])),
  }
}

const told = (tape: readonly Fact[], ...more: Partial<Fact>[]): Fact[] => [
  ...tape,
  ...more.map(
    (it, i) =>
      ({
        specversion: '1.0',
        id: `more-${i}`,
        source: 'erp',
        time: '2026-11-02T10:30:00.000Z',
        ...it,
      }) as Fact,
  ),
]

const order = (
  sku: string,
  quantity: number,
  { channel, segment, node }: FigureAsk & { channel: string },
): Partial<Fact> =>
  ({
    type: 'plimsoll.order.accepted',
    data: {
      orderRef: `${channel}:new`,
      channel,
      ...(segment ? { segment } : {}),
      lines: [{ line: '1', sku, quantity, ...(node ? { node } : {}) }],
    },
  }) as Partial<Fact>

const sku = fc.constantFrom(...SKUS)
const seller = fc.constantFrom(
  { channel: 'web' },
  { channel: 'web', segment: 'gold' },
  { channel: 'edi' },
  { channel: 'shop' },
)

describe('what may be sold', () => {
  test('is a whole number, never less than 0, and for no class of a plain item more than the pool', () => {
    fc.assert(
      fc.property(anyTape, (tape) => {
        const read = reading(foldAll(tape))
        for (const name of SKUS)
          for (const ask of ASKS) {
            const figure = read.ats(name, ask)
            expect(Number.isSafeInteger(figure) && figure >= 0).toBe(true)
            if (!read.figures(name).kit.length)
              expect(figure).toBeLessThanOrEqual(
                Math.max(
                  0,
                  poolOf(read.figures(name).inputs, 'channel' in ask ? ask.channel : undefined).pool,
                ),
              )
          }
      }),
      { numRuns: 300 },
    )
  })

  test('selling in one class never raises what another may sell, of the item or of a kit it goes into', () => {
    fc.assert(
      fc.property(
        anyTape,
        sku,
        seller,
        fc.integer({ min: 1, max: 40 }),
        fc.option(fc.constantFrom(...NODES)),
        (tape, sold, who, quantity, node) => {
          const before = reading(foldAll(tape))
          const after = reading(
            foldAll(told(tape, order(sold, quantity, { ...who, ...(node ? { node } : {}) }))),
          )
          for (const name of SKUS)
            for (const ask of ASKS) expect(after.ats(name, ask)).toBeLessThanOrEqual(before.ats(name, ask))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('what is offered can be sold: an order for all of it leaves no pool short', () => {
    // With orders that count from the moment they are taken; by pick or shipment they count later, and that is the point.
    const counted = anyTape.map((tape) =>
      tape.filter(({ type, data }) => type !== 'plimsoll.policy.activated' || data.kind !== 'depletion'),
    )
    fc.assert(
      fc.property(counted, sku, seller, (tape, name, who) => {
        const before = reading(foldAll(tape))
        const all = before.ats(name, who)
        fc.pre(all > 0)
        const after = reading(foldAll(told(tape, order(name, all, who))))
        for (const other of SKUS)
          expect(
            after.figures(other).kit.length > 0 ||
              // A channel with a safety stock of its own sells into what is kept from others.
              poolOf(after.figures(other).inputs, who.channel).pool >=
                Math.min(0, poolOf(before.figures(other).inputs, who.channel).pool),
          ).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('what the edge answers', () => {
  test('is what the region answers, for every item and class, from a shard and from a hot row', () => {
    fc.assert(
      fc.property(anyTape, (tape) => {
        const read = reading(foldAll(tape))
        const rows = SKUS.map((name) => snapshotRowOf(read.figures(name)))
        const shard = ShardReader.open(encodeShard({ region: 'eu', shard: 0, version: 1, asOf: NOW }, rows))
        if (!shard.ok) throw new Error(shard.error.detail)
        for (const name of SKUS)
          for (const ask of ASKS) {
            const row = shard.value.find(name)!
            const hot = hotRowsIn(encodeShard({ region: 'eu', shard: 0, version: 2, asOf: NOW }, [row]), 2, 4)
            expect(figureOf(row, read.rules, ask)).toBe(read.ats(name, ask))
            expect(figureOf(hot[0]!.row, read.rules, ask)).toBe(read.ats(name, ask))
          }
      }),
      { numRuns: 300 },
    )
  })
})

describe('an explanation', () => {
  test('adds up: the figure can be worked out from it alone', () => {
    fc.assert(
      fc.property(anyTape, (tape) => {
        const { books, sequence } = foldAll(tape)
        const view = viewAt('eu' as Region, books, sequence, NOW)
        for (const name of ['X', 'Y'])
          for (const ask of ASKS as readonly FigureAsk[]) {
            const answer = answerOf(view, name, ask as never, { explain: true }) as
              | (RegionAvailabilityAnswer & { explain: Explanation })
              | null
            if (!answer) continue
            expect(workedOut(answer.explain, ask)).toBe(answer.availableToSell)
          }
      }),
      { numRuns: 300 },
    )
  })

  function workedOut(
    { nodes, demandUnassigned, class: its, ...told }: Explanation,
    { node }: FigureAsk,
  ): number {
    let [gross, pool] = [0, -demandUnassigned]
    for (const it of nodes) {
      expect(it.sellable).toBe(it.onHand - it.damaged - it.quarantined)
      expect(it.availableToSell).toBe(it.sellable - it.demand - it.safetyStock - it.heldBack)
      if (!it.sells || it.isExcluded) continue
      gross += Math.max(0, it.sellable - it.safetyStock - it.heldBack)
      pool += Math.max(0, it.availableToSell)
    }
    expect([told.gross, told.pool]).toEqual([gross, pool])
    let figure = Math.max(0, pool)
    if (its) {
      const offered = its.fence - its.used + Math.max(0, its.sharedLeft)
      figure = Math.max(0, Math.min(its.cappedAt ?? Number.POSITIVE_INFINITY, pool, offered) - its.buffer)
      if (figure < its.minPublish) figure = 0
    }
    const at = nodes.find((it) => it.node === node)
    const ofNode = at && at.sells && !at.isExcluded ? Math.max(0, at.availableToSell) : 0
    return node === undefined ? figure : Math.min(figure, ofNode)
  }
})

describe('a kit', () => {
  test('is never offered beyond what stands assembled and what its components give, whoever asks', () => {
    fc.assert(
      fc.property(anyTape, (tape) => {
        const read = reading(foldAll(tape))
        for (const kit of ['KIT', 'KIT-OF-KITS']) {
          const { kit: parts, ...own } = read.figures(kit)
          if (parts.length === 0) continue
          const assembled = figureOf(snapshotRowOf({ ...own, kit: [] }), read.rules, { channel: 'web' })
          const fromParts = Math.min(
            ...parts.map(({ quantity, figures }) =>
              Math.floor(read.ats(figures.sku, { channel: 'web' }) / quantity),
            ),
          )
          const figure = read.ats(kit, { channel: 'web' })
          // What a kit shares with a kit within it goes into one of the two.
          if (kit === 'KIT') expect(figure).toBe(assembled + fromParts)
          else expect(figure).toBeLessThanOrEqual(assembled + fromParts)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('what can be promised by date', () => {
  const arrives = fc.record({
    quantity: fc.integer({ min: 1, max: 60 }),
    node: fc.constantFrom(...NODES),
    inDays: fc.integer({ min: 0, max: 9 }),
    sku,
  })
  test('is on no day lowered by more supply', () => {
    fc.assert(
      fc.property(anyTape, arrives, (tape, { sku: name, quantity, node, inDays }) => {
        const expectedAt = new Date(NOW + inDays * 86_400_000).toISOString()
        const receipt = {
          type: 'plimsoll.receipt.expected',
          subject: name,
          data: { ref: 'NEW', node, quantity, expectedAt },
        }
        const before = reading(foldAll(tape))
        const after = reading(foldAll(told(tape, receipt as Partial<Fact>)))
        for (const it of SKUS) {
          const [low, high] = [before.promised(it, {}), after.promised(it, {})]
          let [lower, higher] = [0, 0]
          for (const date of [...new Set([...low.keys(), ...high.keys()])].sort()) {
            lower = low.get(date) ?? lower
            higher = high.get(date) ?? higher
            expect(higher).toBeGreaterThanOrEqual(lower)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('never grows when an order is taken', () => {
    fc.assert(
      fc.property(anyTape, sku, fc.integer({ min: 1, max: 40 }), (tape, name, quantity) => {
        const before = reading(foldAll(tape)).promised(name, {})
        const after = reading(foldAll(told(tape, order(name, quantity, { channel: 'web' })))).promised(
          name,
          {},
        )
        const days = [...new Set([...before.keys(), ...after.keys()])].sort()
        let [was, is] = [0, 0]
        for (const date of days) {
          was = before.get(date) ?? was
          is = after.get(date) ?? is
          expect(is).toBeLessThanOrEqual(was)
        }
      }),
      { numRuns: 300 },
    )
  })
})
