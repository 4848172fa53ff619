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
  const nodes = figures.nodes.map(
    ({
      node,
      asOf,
      onHand,
      damaged,
      quarantined,
      inTransit,
      reserved,
      allocated,
      picked,
      availableToSell,
    }) => {
      const lots = lotsOf(books, index, node)
      return {
        node: node as NodeId,
        ...(lots.length > 0 ? { lots } : {}),
        onHand,
        damaged,
        quarantined,
        inTransit,
        reserved,
        allocated,
        picked,
        availableToSell,
        asOf: asOf === 0 ? null : formatInstant(asOf),
        freshness: 'fresh' as const,
      }
    },
  )
  const sum = (state: keyof typeof States): number => nodes.reduce((total, n) => total + n[state], 0)
  return {
    sku,
    nodes,
    totals: {
      onHand: sum('onHand'),
      damaged: sum('damaged'),
      quarantined: sum('quarantined'),
      inTransit: sum('inTransit'),
      reserved: figures.reserved,
      allocated: sum('allocated'),
      picked: sum('picked'),
      availableToSell: figures.inputs.pool,
    },
  }
}

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
