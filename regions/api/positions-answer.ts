import type * as z from 'zod'
import type { Freshness } from '../../shared/contract/availability-api.ts'
import {
  LotPosition,
  Observation,
  PositionStates,
  type PositionsAnswer,
} from '../../shared/contract/positions-api.ts'
import type { NodeId, Sku, SourceId } from '../../shared/domain/ids.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import type { Books } from '../ledger/core/books.ts'
import { figuresOf, type NodeFigures } from '../ledger/core/figures.ts'

/** Every state of a sku at a moment, node by node. */
export function positionsOf(
  books: Books,
  sku: Sku,
  now: Instant,
  withObservations: boolean,
): PositionsAnswer {
  const index = books.skus.find(sku)
  const figures = figuresOf(books, index, now)
  const nodes = figures.nodes.map((figure) => {
    const lots = lotsOf(books, index, figure.node)
    const asOf = figure.asOf === 0 ? null : formatInstant(figure.asOf)
    return {
      node: figure.node as NodeId,
      ...(lots.length > 0 ? { lots } : {}),
      ...statesOf((state) => figure[state]),
      asOf,
      freshness: freshnessAt(figure),
      ...(withObservations ? { observations: observationsOf(books, index, figure.node) } : {}),
    }
  })
  const sums = statesOf((state) => nodes.reduce((total, node) => total + node[state], 0))
  // Demand that no node has yet is nobody's row, and part of the whole.
  return { sku, nodes, totals: { ...sums, reserved: figures.reserved, availableToSell: figures.inputs.pool } }
}

type States = z.infer<z.ZodObject<typeof PositionStates>>

const statesOf = (value: (state: keyof States) => number): States =>
  Object.fromEntries(
    Object.keys(PositionStates).map((state) => [state, value(state as keyof States)]),
  ) as States

const freshnessAt = ({ state: { condition, step } }: NodeFigures): Freshness =>
  condition === 'fresh' ? 'fresh' : step.action === 'serve' ? 'stale' : 'degraded'

function observationsOf(books: Books, sku: number, node: string): z.infer<typeof Observation>[] {
  const { observations, lots } = books
  return slotsAt(books, sku, node).flatMap(({ slot, lot }) =>
    observations.of(slot).map(({ state, quantity, count }) => ({
      source: count.sourceName as SourceId,
      ...(lot < 0 ? {} : { lot: lots.textOf(lot) }),
      state,
      quantity,
      asOf: formatInstant(count.asOf),
    })),
  )
}

function lotsOf(books: Books, sku: number, node: string): z.infer<typeof LotPosition>[] {
  const { positions, lots } = books
  return slotsAt(books, sku, node)
    .filter(({ lot }) => lot >= 0)
    .map(({ slot, lot }) => ({
      lot: lots.textOf(lot),
      onHand: positions.value(slot, 'onHand'),
      damaged: positions.value(slot, 'damaged'),
      quarantined: positions.value(slot, 'quarantined'),
    }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
}

function slotsAt({ positions, nodes }: Books, sku: number, node: string): { slot: number; lot: number }[] {
  return [...positions.ofSku(sku)]
    .filter((slot) => nodes.textOf(positions.nodeOf(slot)) === node)
    .map((slot) => ({ slot, lot: positions.lotOf(slot) }))
}
