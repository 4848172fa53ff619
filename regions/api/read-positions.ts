import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { Timestamp } from '../../shared/contract/envelope.ts'
import { NodeId, Sku } from '../../shared/domain/ids.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { problem } from '../../shared/node/http.ts'
import type { Books } from '../ledger/core/books.ts'
import { figuresOf } from '../ledger/core/figures.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { json, problems } from './route.ts'

const States = {
  onHand: z.number().int(),
  damaged: z.number().int(),
  quarantined: z.number().int(),
  inTransit: z.number().int(),
  reserved: z.number().int(),
  allocated: z.number().int(),
  picked: z.number().int(),
  availableToSell: z.number().int(),
}

const Lot = z.object({
  lot: z.string(),
  onHand: z.number().int(),
  damaged: z.number().int(),
  quarantined: z.number().int(),
})

const Answer = z.object({
  sku: Sku,
  nodes: z.array(
    z.object({
      node: NodeId,
      lots: z.array(Lot).optional(),
      ...States,
      asOf: Timestamp.nullable(),
      freshness: z.literal('fresh'),
    }),
  ),
  totals: z.object(States),
})
type Answer = z.infer<typeof Answer>

const readPositions = createRoute({
  method: 'get',
  path: '/v1/positions/{sku}',
  summary:
    'Every state of a sku, node by node. Negative figures are shown as they are: stock shrank under a promise.',
  request: { params: z.object({ sku: Sku }), query: z.strictObject({}) },
  responses: { 200: json(Answer, 'The positions'), ...problems(400, 404) },
})

export function addPositions(app: RegionApp, hub: RegionHub): void {
  app.openapi(readPositions, (c) => {
    const { sku } = c.req.valid('param')
    const { books } = hub.writer.ledger
    if (!books.master.item(sku))
      return problem(c, 'unknown-sku', { detail: `no item ${sku} was put in ${hub.region}` }) as never
    return c.json(positionsOf(books, sku), 200)
  })
}

function positionsOf(books: Books, sku: Sku): Answer {
  const index = books.skus.find(sku)
  const figures = figuresOf(books, index)
  const nodes = figures.nodes.map((figure) => {
    const lots = lotsOf(books, index, figure.node)
    const asOf = figure.asOf === 0 ? null : formatInstant(figure.asOf)
    return {
      node: figure.node as NodeId,
      ...(lots.length > 0 ? { lots } : {}),
      ...statesOf((state) => figure[state]),
      asOf,
      freshness: 'fresh' as const,
    }
  })
  const sums = statesOf((state) => nodes.reduce((total, node) => total + node[state], 0))
  // Demand that no node has yet is nobody's row, and part of the whole.
  return { sku, nodes, totals: { ...sums, reserved: figures.reserved, availableToSell: figures.inputs.pool } }
}

type States = z.infer<z.ZodObject<typeof States>>

const statesOf = (value: (state: keyof States) => number): States =>
  Object.fromEntries(Object.keys(States).map((state) => [state, value(state as keyof States)])) as States

function lotsOf({ positions, lots, nodes }: Books, sku: number, node: string): z.infer<typeof Lot>[] {
  return [...positions.ofSku(sku)]
    .filter((slot) => positions.lotOf(slot) >= 0 && nodes.textOf(positions.nodeOf(slot)) === node)
    .map((slot) => ({
      lot: lots.textOf(positions.lotOf(slot)),
      onHand: positions.value(slot, 'onHand'),
      damaged: positions.value(slot, 'damaged'),
      quarantined: positions.value(slot, 'quarantined'),
    }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
}
