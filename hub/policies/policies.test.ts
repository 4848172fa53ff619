import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearing, openCentreApp, withKey } from '../../tests/support/centre-app.ts'

type App = Awaited<ReturnType<typeof openCentreApp>>
type Answer = {
  status: number
  body: {
    policy: { id: string; version: number; state: string; needsSecondPerson: boolean }
    diff: { path: string; before: unknown; after: unknown }[]
    inForce: { version: number } | null
    id: string
    version: number
    state: string
    revision: number
    type: string
    errors: { path: string }[]
    detail: string
    policies: { id: string; scope: string; version: number; state: string; region: string }[]
    versions: { version: number; state: string; rollbackOf: number | null; body: unknown }[]
    regions: { region: string; preview: unknown; detail: string | null }[]
    cursor: string | null
  }
}

let app: App
/** Two operators, an approver, who may all of it in `eu` alone, and one who looks. */
const people: Record<'ada' | 'bob' | 'chief' | 'local' | 'looker', Record<string, string>> = {
  ada: {},
  bob: {},
  chief: {},
  local: {},
  looker: {},
}

beforeAll(async () => {
  app = await openCentreApp()
  for (const [name, role, regions] of [
    ['ada', 'approver', '*'],
    ['bob', 'operator', '*'],
    ['chief', 'approver', '*'],
    ['local', 'approver', ['eu']],
    ['looker', 'viewer', '*'],
  ] as const) {
    const made = await app.ask('/v1/tokens', {
      json: { name, grants: [{ role, regions }] },
      headers: withKey,
    })
    people[name] = bearing(((await made.json()) as { token: string }).token)
  }
}, openCentreApp.withinMs)
afterAll(() => app?.stop())

const call = async (who: keyof typeof people, path: string, json?: unknown): Promise<Answer> => {
  const answer = await app.ask(path, { headers: people[who], ...(json === undefined ? {} : { json }) })
  return { status: answer.status, body: (await answer.json()) as Answer['body'] }
}
const propose = (who: keyof typeof people, scope: string, more: object = {}) =>
  call(who, '/v1/policies', {
    region: '*',
    kind: 'safetyStock',
    scope,
    body: { quantity: 5 },
    reason: 'miscounts',
    ...more,
  })
const activated = async (who: keyof typeof people, scope: string, more: object = {}) => {
  const { body } = await propose(who, scope, more)
  return call(who, `/v1/policies/${body.policy.id}/activate`, {})
}

describe('a policy of everyday', () => {
  test('is proposed and activated by an operator, and is its name’s next version', async () => {
    const proposed = await propose('bob', 'sku:X')
    expect([proposed.status, proposed.body]).toMatchObject([
      201,
      {
        policy: { version: 1, state: 'proposed', needsSecondPerson: false, author: 'token:bob' },
        inForce: null,
        diff: [{ path: 'quantity', before: null, after: 5 }],
      },
    ])
    const active = await call('bob', `/v1/policies/${proposed.body.policy.id}/activate`, {})
    expect([active.status, active.body]).toMatchObject([200, { version: 1, state: 'active', revision: 1 }])
    const again = await call('bob', `/v1/policies/${proposed.body.policy.id}/activate`, {})
    expect([again.status, again.body.type]).toEqual([409, '/problems/wrong-state'])
    const next = await propose('ada', 'sku:X', { body: { percent: 10 } })
    expect(next.body.diff).toEqual([
      { path: 'quantity', before: 5, after: null },
      { path: 'percent', before: null, after: 10 },
    ])
  })

  test('one scope has one spelling', async () => {
    await activated('bob', 'tier:A,node:n1')
    expect((await activated('bob', 'node:n1,tier:A')).body.version).toBe(2)
  })

  test('of two proposals on the same ground the second is refused once the first is in force', async () => {
    const [first, second] = [await propose('bob', 'sku:RACE'), await propose('ada', 'sku:RACE')]
    expect((await call('bob', `/v1/policies/${first.body.policy.id}/activate`, {})).status).toBe(200)
    const late = await call('ada', `/v1/policies/${second.body.policy.id}/activate`, {})
    expect([late.status, late.body]).toMatchObject([409, { type: '/problems/version-conflict', inForce: 1 }])
    expect((await propose('ada', 'sku:RACE', { basedOn: 0 })).status).toBe(409)
    expect((await propose('ada', 'sku:RACE', { basedOn: 1 })).status).toBe(201)
  })

  test('many at once are counted one after the other, and one of them is in force', async () => {
    const proposals = await Promise.all(Array.from({ length: 6 }, () => propose('bob', 'sku:MANY')))
    expect(proposals.map(({ body }) => body.policy.version).sort()).toEqual([1, 2, 3, 4, 5, 6])
    const answers = await Promise.all(
      proposals.map(({ body }) => call('bob', `/v1/policies/${body.policy.id}/activate`, {})),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409])
  })
})

describe('where a second person is needed', () => {
  const rules = (cap: number) => ({ kind: 'allocation', body: { rules: [{ class: 'b2b', cap }] } })

  test('its author can’t agree to it, an operator may not, another approver does', async () => {
    const { body } = await propose('ada', '*', rules(5))
    expect(body.policy.needsSecondPerson).toBe(true)
    const path = `/v1/policies/${body.policy.id}/activate`
    expect((await call('ada', path, {})).body).toMatchObject({ type: '/problems/same-person' })
    expect((await call('bob', path, {})).status).toBe(403)
    expect((await call('local', path, {})).status).toBe(403)
    expect((await call('chief', path, { reason: 'right' })).body).toMatchObject({
      state: 'active',
      author: 'token:ada',
      approver: 'token:chief',
      decisionReason: 'right',
    })
  })

  test('an approver rejects it with a reason; its author takes it back; another operator can’t', async () => {
    const [first, second] = [await propose('bob', 'sku:R', rules(1)), await propose('bob', 'sku:R', rules(2))]
    expect((await call('chief', `/v1/policies/${first.body.policy.id}/reject`, {})).status).toBe(400)
    expect(
      (await call('chief', `/v1/policies/${first.body.policy.id}/reject`, { reason: 'no' })).body,
    ).toMatchObject({
      state: 'rejected',
      decisionReason: 'no',
    })
    const own = `/v1/policies/${second.body.policy.id}/reject`
    expect((await call('looker', own, { reason: 'no' })).status).toBe(403)
    expect((await call('bob', own, { reason: 'a slip' })).body.state).toBe('rejected')
    expect((await call('chief', `/v1/policies/${second.body.policy.id}/activate`, {})).status).toBe(409)
  })
})

describe('regions', () => {
  test('what is said of one region wins there over what is said of all', async () => {
    await activated('bob', 'sku:R1', { body: { quantity: 1 } })
    await activated('local', 'sku:R1', { region: 'eu', body: { quantity: 2 } })
    await activated('bob', 'sku:R1', { body: { quantity: 3 } })
    const of = async (region: string) =>
      (await app.book.bundle(region)).policies
        .filter(({ scope }) => scope === 'sku:R1')
        .map(({ body }) => body['quantity'])
    expect([await of('eu'), await of('us')]).toEqual([[2], [3]])
    const [eu, us] = [await app.book.wanted('eu'), await app.book.wanted('us')]
    expect(eu, 'the last one is not meant for it').toBe(us - 1)
  })

  test('who may act in one region speaks for that alone, and sees no other’s', async () => {
    expect((await propose('local', 'sku:R2')).status).toBe(403)
    expect((await propose('local', 'sku:R2', { region: 'us' })).status).toBe(403)
    expect((await propose('local', 'sku:R2', { region: 'eu' })).status).toBe(201)
    await activated('bob', 'sku:R3', { region: 'us' })
    const regions = new Set((await call('local', '/v1/policies')).body.policies.map(({ region }) => region))
    expect(regions).toEqual(new Set(['*', 'eu']))
    expect((await propose('bob', 'sku:R2', { region: 'mars' })).body.errors).toMatchObject([
      { path: 'region' },
    ])
  })

  test('a region’s word has everything in force, signed, with the latest of its activations', async () => {
    const bundle = await app.book.bundle('us')
    const one = bundle.policies.find(({ scope }) => scope === 'sku:R3')!
    expect(one).toMatchObject({ kind: 'safetyStock', version: 1, localChanges: 'narrower' })
    expect(one.body).toEqual({ quantity: 5, author: 'token:bob', reason: 'miscounts', approver: 'token:bob' })
    expect(bundle.revision).toBe(Math.max(...bundle.policies.map(({ revision }) => revision)))
    for (const region of ['eu', 'us'])
      expect(await app.book.wanted(region)).toBe((await app.book.bundle(region)).revision)
  })
})

describe('back', () => {
  test('an earlier version is in force again as the next one, by one approver', async () => {
    for (const cap of [1, 2]) {
      const { body } = await propose('bob', 'sku:B', {
        kind: 'allocation',
        body: { rules: [{ class: 'web', cap }] },
      })
      await call('chief', `/v1/policies/${body.policy.id}/activate`, {})
    }
    const back = { region: '*', kind: 'allocation', scope: 'sku:B', toVersion: 1, reason: 'it oversold' }
    expect((await call('bob', '/v1/policies:rollback', back)).status).toBe(403)
    expect((await call('chief', '/v1/policies:rollback', back)).body).toMatchObject({
      version: 3,
      state: 'active',
      rollbackOf: 1,
      body: { rules: [{ class: 'web', cap: 1 }] },
    })
    expect((await call('chief', '/v1/policies:rollback', { ...back, toVersion: 3 })).status).toBe(409)
    expect((await call('chief', '/v1/policies:rollback', { ...back, toVersion: 9 })).status).toBe(404)
    const { body } = await call('looker', '/v1/policies/history?region=*&kind=allocation&scope=sku:B')
    expect(body.versions.map(({ version, state, rollbackOf }) => [version, state, rollbackOf])).toEqual([
      [3, 'active', 1],
      [2, 'replaced', null],
      [1, 'replaced', null],
    ])
  })
})

describe('what is refused', () => {
  test.each([
    [
      'a rule that contradicts itself',
      { kind: 'allocation', body: { rules: [{ class: 'a' }, { class: 'a' }] } },
      'body.rules.1.class',
    ],
    ['a wrong type', { body: { quantity: '5' } }, 'body.quantity'],
    ['a float', { body: { quantity: 2.5 } }, 'body.quantity'],
    ['a field that is not ours', { body: { quantity: 5, surprise: 1 } }, 'body.surprise'],
    ['an author in the body', { body: { quantity: 5, author: 'somebody else' } }, 'body.author'],
    ['a scope that never applies', { scope: 'source:wms' }, 'scope'],
  ])('%s, with its path', async (_, more, path) => {
    const { status, body } = await propose('bob', '*', more)
    expect([status, body.errors[0]!.path]).toEqual([422, path])
  })

  test.each([
    ['a kind that there is none of', { kind: 'inventions' }],
    ['no reason', { reason: ' ' }],
    ['a field that is not ours', { surprise: 1 }],
    ['a scope that is none', { scope: 'planet:mars' }],
  ])('%s', async (_, more) => {
    expect((await propose('bob', '*', more)).status).toBe(400)
  })

  test('a viewer neither proposes nor tries', async () => {
    expect((await propose('looker', '*')).status).toBe(403)
    const rule = { region: '*', kind: 'safetyStock', scope: '*', body: { quantity: 1 } }
    expect((await call('looker', '/v1/policies:preview', rule)).status).toBe(403)
  })
})

test('policies are listed a page at a time, each once', async () => {
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`
    const page: Answer['body'] = (await call('looker', `/v1/policies?limit=3${more}`)).body
    seen.push(...page.policies.map(({ id }) => id))
    cursor = page.cursor
  }
  const all = (await call('looker', '/v1/policies?limit=1000')).body.policies
  expect(seen).toEqual(all.map(({ id }) => id))
  expect(new Set(seen).size).toBe(seen.length)
  expect((await call('looker', '/v1/policies?cursor=bm9uZQ')).status).toBe(400)
})

test('a preview is the regions’ own, and one that can’t be asked says so in its place', async () => {
  const preview = {
    version: 9,
    skusInScope: 1,
    skusLookedAt: 1,
    skusChanged: 1,
    tiersChanged: 0,
    unitsGained: 0,
    unitsLost: 5,
    soldOut: 0,
    backInStock: 0,
    changes: [{ sku: 'X', class: null, before: 10, after: 5 }],
  }
  app.answers.set('eu', { status: 200, body: preview })
  const rule = { region: '*', kind: 'safetyStock', scope: '*', body: { quantity: 1 } }
  expect((await call('bob', '/v1/policies:preview', rule)).body.regions).toEqual([
    { region: 'eu', preview, detail: null, errors: [] },
    { region: 'us', preview: null, detail: 'region us could not be asked', errors: [] },
  ])
  const { body } = await propose('bob', 'sku:P')
  const proposed = await call('bob', `/v1/policies/${body.policy.id}/preview`, {})
  expect(proposed.body.regions[0]).toMatchObject({ region: 'eu', preview: { unitsLost: 5 } })
  const wrong = { ...rule, body: { quantity: -1 } }
  expect((await call('bob', '/v1/policies:preview', wrong)).body.errors).toMatchObject([
    { path: 'body.quantity' },
  ])
})
