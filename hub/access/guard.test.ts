import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { Region } from '../../shared/domain/ids.ts'
import type { CentreVariables } from '../api/centre-app.ts'
import { authorize, showOwnRegions } from './guard.ts'
import type { Grant } from '../../shared/contract/access-api.ts'
import type { Person } from './role.ts'

const REGIONS = ['eu', 'us']
const eu = [Region.parse('eu')]

/** Routes that answer in all ways there are, to somebody with these grants. */
function appFor(...grants: Grant[]) {
  const app = new Hono<{ Variables: CentreVariables }>()
  const person: Person = { id: 'token:ada', name: 'ada', via: 'token', grants }
  app.use(async (c, next) => {
    c.set('person', person)
    await next()
  })
  app.use('/v1/*', authorize, showOwnRegions(REGIONS))
  app.get('/v1/json', (c) => c.json({ all: [{ region: 'eu' }, { region: 'us' }] }))
  app.get('/v1/of/:region', (c) => c.json({ region: c.req.param('region') }))
  app.get('/v1/csv', (c) => c.text('region\neu\nus\n', 200, { 'content-type': 'text/csv; charset=utf-8' }))
  app.get('/v1/nothing', (c) => c.body(null, 204))
  app.get('/v1/stream', (c) => c.text('data: {}\n\n', 200, { 'content-type': 'text/event-stream' }))
  return app
}

describe('who may see one region', () => {
  const app = appFor({ role: 'viewer', regions: eu })

  test('gets lists cut to it, and answers about others not at all', async () => {
    expect(await (await app.request('/v1/json')).json()).toEqual({ all: [{ region: 'eu' }] })
    expect((await app.request('/v1/of/eu')).status).toBe(200)
    expect((await app.request('/v1/of/us')).status).toBe(404)
  })

  test('is not told the sums of another either', async () => {
    expect((await app.request('/v1/nothing?region=us')).status).toBe(404)
    expect((await app.request('/v1/nothing?region=eu')).status).toBe(204)
  })

  test('gets no form of answer in which it can’t be seen what is in it', async () => {
    const answer = await app.request('/v1/csv')
    expect(answer.status).toBe(403)
    expect(await answer.text()).not.toContain('us\n')
  })

  test('gets what is empty, and streams, which cut themselves', async () => {
    expect((await app.request('/v1/nothing')).status).toBe(204)
    expect((await app.request('/v1/stream')).status).toBe(200)
  })
})

test('who may see all regions gets all of it, in every form', async () => {
  const app = appFor({ role: 'viewer', regions: '*' })
  expect(await (await app.request('/v1/csv')).text()).toBe('region\neu\nus\n')
  expect(await (await app.request('/v1/json')).json()).toEqual({ all: [{ region: 'eu' }, { region: 'us' }] })
})

test('asking for the head of something needs what reading it needs', async () => {
  const app = appFor({ role: 'viewer', regions: '*' })
  expect((await app.request('/v1/json', { method: 'HEAD' })).status).toBe(200)
})
