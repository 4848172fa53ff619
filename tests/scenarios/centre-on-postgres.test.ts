import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearing, cookieOf, openCentreApp, ORIGIN, withKey } from '../support/centre-app.ts'
import { hasPostgres, startPostgres } from '../support/postgres.ts'

/** What of access and policies leans on the database, on a PostgreSQL with several connections at once. */

describe.skipIf(!hasPostgres())('on PostgreSQL (skipped where its programs are missing)', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>
  let app: Awaited<ReturnType<typeof openCentreApp>>

  beforeAll(async () => {
    server = await startPostgres()
    app = await openCentreApp({}, server.url)
  })
  afterAll(async () => {
    await app?.stop()
    await server?.stop()
  })

  const call = async (path: string, json?: object, headers: Record<string, string> = withKey) => {
    const answer = await app.ask(path, { headers, ...(json === undefined ? {} : { json }) })
    return { status: answer.status, body: (await answer.json()) as Record<string, any> }
  }
  const propose = (scope: string) =>
    call('/v1/policies', { region: '*', kind: 'safetyStock', scope, body: { quantity: 5 }, reason: 'r' })

  test('many who propose and activate at once are counted one after the other, and one is in force', async () => {
    const proposed = await Promise.all(Array.from({ length: 12 }, () => propose('sku:MANY')))
    expect(proposed.map(({ body }) => body['policy'].version).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, n) => n + 1),
    )
    const decided = await Promise.all(
      proposed.map(({ body }) => call(`/v1/policies/${body['policy'].id}/activate`, {})),
    )
    expect(decided.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(409)])
    expect((await call('/v1/audit/verification')).body).toMatchObject({ intact: true })
  })

  test('policies of different names that come at once get a revision each, and are paged each once', async () => {
    const proposed = await Promise.all(Array.from({ length: 7 }, (_, n) => propose(`sku:P-${n}`)))
    const decided = await Promise.all(
      proposed.map(({ body }) => call(`/v1/policies/${body['policy'].id}/activate`, {})),
    )
    const revisions = decided.map(({ body }) => body['revision'] as number)
    expect(new Set(revisions).size).toBe(7)
    expect(await app.book.wanted('eu')).toBe(Math.max(...revisions))
    const seen: string[] = []
    for (let cursor = ''; ;) {
      const page = await call(`/v1/policies?state=active&limit=3${cursor}`)
      seen.push(...page.body['policies'].map(({ scope }: { scope: string }) => scope))
      if (page.body['cursor'] === null) break
      cursor = `&cursor=${page.body['cursor']}`
    }
    expect(seen).toEqual(['sku:MANY', ...Array.from({ length: 7 }, (_, n) => `sku:P-${n}`)])
  })

  test('of many requests at the hour only one changes the id of a session, and none is refused', async () => {
    const made = await call('/v1/tokens', { name: 'ada', grants: [{ role: 'viewer', regions: '*' }] })
    const signedIn = await app.ask('/session', {
      json: { key: made.body['token'] },
      headers: { origin: ORIGIN },
    })
    const cookie = cookieOf(signedIn)
    app.clock.at += 3_600_000
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => app.ask('/v1/drift', { headers: { cookie } })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(answers.filter(({ headers }) => headers.getSetCookie().length > 0)).toHaveLength(1)
    expect((await call('/v1/drift', undefined, bearing(made.body['token']))).status).toBe(200)
  })
})
