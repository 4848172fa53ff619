import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasTryton, TrytonServer, WITHOUT_TRYTON } from '../../../tests/support/tryton/tryton-server.ts'
import { TrytonClient } from './client.ts'

describe.skipIf(!hasTryton())(`the client against a real Tryton ${WITHOUT_TRYTON}`, () => {
  let server: TrytonServer

  beforeAll(async () => {
    server = await TrytonServer.start()
  }, 360_000)

  afterAll(() => server?.stop())

  const codes = (client: TrytonClient) =>
    client.call('model.stock.location.search_read', [[['type', '=', 'warehouse']], 0, 10, null, ['code']])

  test('says its version, and reads what is there', async () => {
    const client = new TrytonClient(server.connection)
    expect(await client.version()).toMatch(/^6\.\d+\.\d+$/)
    expect(await codes(client)).toMatchObject({ ok: true, value: [{ code: 'WH' }] })
  })

  test('opens a lost session again, once, without the caller noticing', async () => {
    const client = new TrytonClient(server.connection)
    expect((await codes(client)).ok).toBe(true)
    // Whoever sets a password, even the same one, ends the user's sessions.
    await client.call('model.res.user.write', [[1], { password: server.connection.password }])
    expect(await codes(client)).toMatchObject({ ok: true })
  })

  test('a wrong password is a fault that names the user and not the password', async () => {
    const client = new TrytonClient({ ...server.connection, password: 'not-the-password' })
    await expect(codes(client)).rejects.toMatchObject({ name: 'ErpFault', kind: 'credentials' })
    await expect(codes(client)).rejects.not.toThrow(/not-the-password/)
  })

  test('a rule of the ERP comes back in its own words', async () => {
    const client = new TrytonClient(server.connection)
    const refused = await client.call('model.stock.location.create', [
      [{ name: 'Nowhere', type: 'warehouse' }],
    ])
    expect(refused).toMatchObject({ ok: false, error: { kind: 'user-error' } })
  })
})
