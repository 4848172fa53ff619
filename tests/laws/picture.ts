import { formatInstant } from '../../shared/kernel/clock.ts'
import { figureOf } from '../../shared/snapshot/figure.ts'
import type { Books } from '../../regions/ledger/core/books.ts'
import { newEffects } from '../../regions/ledger/core/effects.ts'
import { figuresOf } from '../../regions/ledger/core/figures.ts'
import { Ledger } from '../../regions/ledger/core/ledger.ts'
import { promiseOf } from '../../regions/ledger/core/promise-of.ts'
import { rulesOf, snapshotRowOf } from '../../regions/ledger/core/snapshot-row.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { NODES, NOW, SKUS } from './tapes.ts'

/** The hub heard everything at one moment, an hour before the figures are read. */
const HEARD_AT = NOW - 3_600_000

export function foldAll(facts: readonly Fact[]): Ledger {
  const ledger = new Ledger()
  for (const fact of facts) ledger.apply(fact, newEffects(), HEARD_AT)
  ledger.time.pass(NOW, newEffects())
  return ledger
}

export const ASKS = [
  {},
  { channel: 'web' },
  { channel: 'web', segment: 'gold' },
  { channel: 'edi' },
  { channel: 'shop' },
  ...NODES.map((node) => ({ channel: 'web', node })),
] as const

/** Everything anyone can learn from a ledger: positions, demand, supply, figures, promises and the rules for the edge. */
export function pictureOf({ books }: Ledger): Record<string, unknown> {
  const rules = rulesOf(books, 1, NOW)
  const skus = SKUS.map((sku) => {
    const figures = figuresOf(books, books.skus.find(sku), NOW)
    const row = snapshotRowOf(figures)
    const answers = ASKS.map((ask) => [figureOf(row, rules, ask), promiseOf(books, figures, rules, ask, NOW)])
    return [sku, { figures, answers }]
  })
  return {
    positions: positionsOf(books),
    ...Object.fromEntries(skus),
    rules,
    words: Object.fromEntries(wordsOf(books)),
  }
}

function positionsOf(books: Books): Record<string, unknown> {
  const { positions, skus, nodes, lots, observations } = books
  const rows = Array.from({ length: positions.size }, (_, slot) => {
    const lot = positions.lotOf(slot)
    const at = [
      skus.textOf(positions.skuOf(slot)),
      nodes.textOf(positions.nodeOf(slot)),
      lot < 0 ? '' : lots.textOf(lot),
    ].join('/')
    const seen = observations
      .of(slot)
      .map(
        ({ state, quantity, count }) =>
          `${state} ${quantity} ${count.sourceName} ${formatInstant(count.asOf)}`,
      )
    return [
      at,
      {
        onHand: positions.value(slot, 'onHand'),
        damaged: positions.value(slot, 'damaged'),
        quarantined: positions.value(slot, 'quarantined'),
        inTransit: positions.inTransit(slot),
        asOf: positions.asOf(slot),
        observations: seen.sort(),
      },
    ]
  })
  return Object.fromEntries(rows)
}

function* wordsOf({ silence }: Books): Generator<[string, unknown]> {
  for (const [source, word] of silence.words)
    yield [source, { ...word, nodes: Object.fromEntries(word.nodes) }]
}
