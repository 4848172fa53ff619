import { applyD1Migrations, reset, type D1Migration } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { PUSH_MEDIA_TYPE, SIGNATURE_HEADER } from '../shared/contract/push.ts'
import { sha256Hex } from './keys/sha256-hex.ts'
import type { Env } from './settings.ts'
import { pushBody, signature } from './testing/region-publisher.ts'
import { row } from './testing/snapshot-rows.ts'

const bindings = env as unknown as Env & { TEST_MIGRATIONS: D1Migration[] }
const worker = (exports as unknown as { default: Fetcher }).default

test('the Worker as wrangler.toml binds it gets ready, takes a push and answers it', async () => {
  await reset()
  expect((await worker.fetch('http://edge.test/healthz')).status).toBe(200)
  expect((await worker.fetch('http://edge.test/readyz')).status).toBe(503)
  for (const db of [bindings.DB_EU, bindings.DB_US, bindings.DB_APAC])
    await applyD1Migrations(db!, bindings.TEST_MIGRATIONS)
  expect((await worker.fetch('http://edge.test/readyz')).status).toBe(200)

  const key = 'plk_worker-test'
  await bindings.KEYS.put(`key:${await sha256Hex(key)}`, JSON.stringify({ channel: 'shop', regions: ['eu'] }))
  const now = Date.now()
  const body = pushBody({ from: 0, to: 1, asOf: now, rows: [row('a', 5)] })
  const pushed = await worker.fetch('http://edge.test/ingest/v1/eu', {
    method: 'POST',
    headers: {
      'Content-Type': PUSH_MEDIA_TYPE,
      [SIGNATURE_HEADER]: await signature('eu', 'eu-secret-of-tests', body, now),
    },
    body,
  })
  expect(await pushed.json()).toMatchObject({ applied: true })
  const headers = { Authorization: `Bearer ${key}` }
  const read = await worker.fetch('http://edge.test/v1/availability/a', { headers })
  expect(await read.json()).toMatchObject({ availableToSell: 5, freshness: 'fresh' })
})
