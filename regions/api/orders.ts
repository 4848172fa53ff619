import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import * as z from 'zod'
import { body, json } from '../../shared/contract/route-parts.ts'
import { OrderAnswer, OrderRequest, SystemAnswer } from '../../shared/contract/order-api.ts'
import { OrderRef } from '../../shared/domain/ids.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { problem, type Variables } from '../../shared/node/http.ts'
import type { OrderOutcome } from '../orders/order-desk.ts'
import type { RegionHub } from '../region-hub.ts'
import { askedOf, finishedDetail, nothingHeld } from './asked-lines.ts'
import type { RegionApp } from './region-app.ts'
import { problems } from './route.ts'

const Ref = z.object({ orderRef: OrderRef })

const make = createRoute({
  method: 'post',
  path: '/v1/orders',
  summary:
    'Takes an order on: its hold is confirmed or made, its lines are assigned to nodes, its systems are told.',
  request: { body: body(OrderRequest) },
  responses: {
    200: json(OrderAnswer, 'It was taken before'),
    201: json(OrderAnswer, 'Taken'),
    ...problems(404, 409, 422, 503),
  },
})
const read = createRoute({
  method: 'get',
  path: '/v1/orders/{orderRef}',
  summary: 'An order: its lines, the nodes that serve them, and how far its systems are.',
  request: { params: Ref },
  responses: { 200: json(OrderAnswer, 'The order'), ...problems(400, 404) },
})
const cancel = createRoute({
  method: 'post',
  path: '/v1/orders/{orderRef}/cancel',
  summary: 'Gives an order up of which nothing was picked. Repeating it changes nothing.',
  request: { params: Ref },
  responses: { 200: json(OrderAnswer, 'As it is now'), ...problems(404, 409, 503) },
})
const resume = createRoute({
  method: 'post',
  path: '/v1/orders/{orderRef}/resume',
  summary: 'Takes up again what a system would not take.',
  request: { params: Ref },
  responses: { 200: json(OrderAnswer, 'As it is now'), ...problems(404, 503) },
})
const systems = createRoute({
  method: 'get',
  path: '/v1/systems',
  summary: 'The ERP and the warehouses that are told of orders: what waits for each, how long, and why.',
  responses: { 200: json(z.object({ systems: z.array(SystemAnswer) }), 'By system'), ...problems(503) },
})

export function addOrders(app: RegionApp, hub: RegionHub): void {
  const answered = (
    c: Context<{ Variables: Variables }>,
    orderRef: string,
    outcome: OrderOutcome,
  ): Response => {
    switch (outcome.code) {
      case 'done':
        return c.json(hub.order(orderRef), outcome.isNew && c.req.path === '/v1/orders' ? 201 : 200)
      case 'insufficient-availability':
      case 'already-reserved':
      case 'order-finished': {
        const { code, fields } = nothingHeld(outcome, orderRef)
        return problem(c, code, fields)
      }
      case 'wrong-state':
        return problem(c, outcome.code, { detail: outcome.detail })
      case 'different-order':
        return problem(c, outcome.code, {
          detail: 'the order was taken with other lines: cancel it, or send its changes as events',
        })
      case 'not-found':
        return problem(c, outcome.code, { detail: `no order ${orderRef}` })
    }
  }
  app.openapi(make, async (c) => {
    const request = c.req.valid('json')
    const asked = askedOf(hub, { ...request, partial: false })
    if (!asked.ok) return problem(c, asked.error.code, { errors: [asked.error.error] }) as never
    const { toZone } = request
    const order = { ...asked.value, ...(toZone === undefined ? {} : { toZone }) }
    return answered(
      c,
      request.orderRef,
      await hub.writing().orders.accept(order, c.get('correlationId')),
    ) as never
  })
  app.openapi(read, (c) => {
    const { orderRef } = c.req.valid('param')
    const found = hub.order(orderRef)
    return (
      found
        ? c.json(found, 200)
        : problem(c, 'not-found', {
            detail: hub.isFinished(orderRef) ? finishedDetail(orderRef) : `no order ${orderRef}`,
          })
    ) as never
  })
  app.openapi(cancel, async (c) => {
    const { orderRef } = c.req.valid('param')
    return answered(c, orderRef, await hub.writing().orders.cancel(orderRef, c.get('correlationId'))) as never
  })
  app.openapi(resume, async (c) => {
    const { orderRef } = c.req.valid('param')
    return answered(c, orderRef, await hub.writing().orders.resume(orderRef, c.get('correlationId'))) as never
  })
  app.openapi(systems, (c) => {
    const queues = hub.leading?.orders.queues() ?? []
    const shown = queues.map(({ waitsUntil, ...queue }) => ({
      ...queue,
      waitsUntil: waitsUntil > hub.clock.now() ? formatInstant(waitsUntil) : null,
    }))
    return c.json({ systems: shown }, 200)
  })
}
