import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyTape, movementTape, NOW, SKUS } from '../../tests/laws/tapes.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { LedgerWriter } from '../ledger/ledger-writer.ts'
import { openDatabase } from '../store/database.ts'
import { JournalIndex } from './journal-index.ts'
import { JournalRows } from './journal-rows.ts'
import { type JournalLine, type JournalQuestion, JournalSearch } from './journal-search.ts'

const MINUTE = 60_000
const ALL = 1_000_000

/** A journal of a tape: a message of a few facts a minute, and an index of it in small pieces. */
function journalOf(tape: readonly Fact[], size: number, postingsMax = 20) {
  const database = openDatabase(':memory:')
  const clock = { at: NOW, now: () => clock.at }
  const writer = new LedgerWriter(database, clock)
  for (let from = 0, sequence = 1; from < tape.length; from += size, sequence++) {
    clock.at += MINUTE
    const body = new TextEncoder().encode(JSON.stringify(tape.slice(from, from + size)))
    writer.commit('FACTS', 'c', [{ sequence, body }])
  }
  const rows = new JournalRows(database)
  const derived = new DatabaseSync(':memory:')
  const index = new JournalIndex(derived, rows, { postingsMax })
  return { writer, database, rows, derived, index, search: new JournalSearch(rows, index), clock }
}

/** All pages of an answer, one after the other. */
function allOf(
  search: JournalSearch,
  question: Omit<JournalQuestion, 'limit'>,
  limit: number,
): JournalLine[] {
  const lines: JournalLine[] = []
  let before: number | undefined
  for (;;) {
    const page = search.find({ ...question, before, limit })
    lines.push(...page.lines)
    if (page.cursor === null) return lines
    before = page.cursor
  }
}

const question = fc.oneof(
  fc.record({ sku: fc.constantFrom(...SKUS, 'NEVER') }),
  fc.record({ orderRef: fc.constantFrom('web:1', 'web:2', 'edi:1', 'web:99') }),
  fc.record({ sku: fc.constantFrom(...SKUS), orderRef: fc.constantFrom('web:1', 'web:9') }),
  fc.record({ correlationId: fc.constantFrom('c0', 'c1', 'c9') }),
  fc.constant({}),
)
const window = fc.record({
  from: fc.option(
    fc.integer({ min: 0, max: 30 }).map((n) => NOW + n * MINUTE),
    { nil: undefined },
  ),
  to: fc.option(
    fc.integer({ min: 0, max: 30 }).map((n) => NOW + n * MINUTE),
    { nil: undefined },
  ),
})

describe('what the journal is asked', () => {
  test('is answered as if every entry were looked at, however far the index has come, page by page', () => {
    const correlated = anyTape.map((tape) =>
      tape.map((fact, i) => (i % 3 === 0 ? { ...fact, correlationid: `c${i % 2}` } : fact)),
    )
    fc.assert(
      fc.property(
        correlated,
        question,
        window,
        fc.record({ size: fc.integer({ min: 1, max: 4 }), limit: fc.integer({ min: 1, max: 7 }) }),
        fc.boolean(),
        (tape, asked, { from, to }, { size, limit }, isIndexed) => {
          const { search, index, database } = journalOf(tape, size)
          if (isIndexed) index.advance(1000)
          const found = allOf(search, { ...asked, from, to }, limit)
          const wanted = allOf(search, {}, ALL).filter(({ event, recordedAt }) => {
            const { orderRef, lines = [] } = (event.data ?? {}) as {
              orderRef?: string
              lines?: { sku: string }[]
            }
            const { sku, orderRef: ref, correlationId } = asked as Partial<JournalQuestion>
            return (
              (sku === undefined || event.subject === sku || lines.some((line) => line.sku === sku)) &&
              (ref === undefined || orderRef === ref) &&
              (correlationId === undefined || event.correlationid === correlationId) &&
              (from === undefined || recordedAt >= from) &&
              (to === undefined || recordedAt <= to)
            )
          })
          const named = (lines: readonly JournalLine[]) =>
            lines.map(({ entry, event }) => `${entry} ${event.id}`)
          expect(named(found)).toEqual(named(wanted))
          database.close()
        },
      ),
      { numRuns: 200 },
    )
  })

  test('is answered alike by an index that was closed, opened again and continued', () => {
    fc.assert(
      fc.property(anyTape, question, (tape, asked) => {
        const { rows, derived, index, writer, database, clock } = journalOf(tape, 2)
        index.advance(1000)
        clock.at += MINUTE
        const more = tape.map((fact) => ({ ...fact, id: `again-${fact.id}`, businesskey: undefined }))
        const body = new TextEncoder().encode(JSON.stringify(more))
        writer.commit('FACTS', 'c', [{ sequence: 1_000, body }])
        const again = new JournalIndex(derived, rows, { postingsMax: 20 })
        again.advance(1000)
        const whole = new JournalIndex(new DatabaseSync(':memory:'), rows)
        whole.advance(1000)
        const found = allOf(new JournalSearch(rows, again), asked, 5)
        expect(found).toEqual(allOf(new JournalSearch(rows, whole), asked, ALL))
        database.close()
      }),
      { numRuns: 60 },
    )
  })

  test('an index of another journal is thrown away', () => {
    const tape = fc.sample(anyTape, { seed: 1, numRuns: 1 })[0]!
    const { derived, index, database } = journalOf(tape, 1, 5)
    index.advance(1000)
    const other = journalOf(
      tape.map((fact) => ({ ...fact, id: `other-${fact.id}` })),
      1,
      5,
    )
    const begun = new JournalIndex(derived, other.rows, { postingsMax: 5 })
    expect(begun.indexedTo).toBe(0)
    begun.advance(1000)
    expect(new JournalSearch(other.rows, begun).find({ sku: 'X', limit: 1 }).lines[0]?.event.id).toMatch(
      /^other-/,
    )
    database.close()
    other.database.close()
  })
})

describe('what each fact did', () => {
  test('adds up to the positions: what lies there, what is on its way, what is promised and picked', () => {
    fc.assert(
      fc.property(movementTape, fc.integer({ min: 1, max: 4 }), (tape, size) => {
        const { search, index, writer, database } = journalOf(tape, size)
        index.advance(1000)
        const sums = new Map<string, number>()
        for (const { effects, isPartial } of allOf(search, {}, 10)) {
          expect(isPartial).toBeUndefined()
          for (const { sku, node, lot: _, counted: __, ...states } of effects)
            for (const [state, quantity] of Object.entries(states)) {
              const key = `${sku} ${node} ${state}`
              sums.set(key, (sums.get(key) ?? 0) + quantity)
            }
        }
        expect(nonZero(sums)).toEqual(nonZero(positionsOf(writer)))
        database.close()
      }),
      { numRuns: 200 },
    )
  })

  test('of a fact that was known already, or came to nothing, is nothing', () => {
    const tape = fc.sample(movementTape, { seed: 3, numRuns: 1 })[0]!
    const { search, index, database } = journalOf([...tape, ...tape], 3)
    index.advance(1000)
    for (const { status, effects } of allOf(search, {}, 10))
      if (status !== 'accepted') expect(effects).toEqual([])
    database.close()
  })
})

const nonZero = (sums: Map<string, number>) =>
  Object.fromEntries([...sums].filter(([, quantity]) => quantity !== 0).sort())

function positionsOf({ ledger: { books } }: LedgerWriter): Map<string, number> {
  const { positions, skus, nodes, demand } = books
  const sums = new Map<string, number>()
  const add = (sku: number, node: number, state: string, quantity: number): void => {
    const key = `${skus.textOf(sku)} ${node < 0 ? null : nodes.textOf(node)} ${state}`
    sums.set(key, (sums.get(key) ?? 0) + quantity)
  }
  for (let slot = 0; slot < positions.size; slot++) {
    const [sku, node] = [positions.skuOf(slot), positions.nodeOf(slot)]
    for (const state of ['onHand', 'damaged', 'quarantined'] as const)
      add(sku, node, state, positions.value(slot, state))
    add(sku, node, 'inTransit', positions.inTransit(slot))
  }
  for (const sku of skus.texts.keys())
    for (const { node, open, picked } of demand.cellsOf(sku)) {
      add(sku, node, 'reserved', open)
      if (node >= 0) add(sku, node, 'allocated', open)
      add(sku, node, 'picked', picked)
    }
  for (const supply of books.supply.all())
    if (supply.expected !== null)
      add(
        supply.sku,
        supply.node,
        'expected',
        Math.max(0, supply.expected.quantity - supply.received - supply.receipts),
      )
  return sums
}
