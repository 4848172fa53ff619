import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import type { AccessConfig } from '../../hub/access/access-config.ts'
import { RULES_DEFAULT } from '../../hub/alerts/alert-rule.ts'
import { centreApi } from '../../hub/api/app.ts'
import type { Centre } from '../../hub/centre.ts'
import { CentreConfig } from '../../hub/config.ts'
import { PolicyBook } from '../../hub/policies/policy-book.ts'
import { PolicyDesk } from '../../hub/policies/policy-desk.ts'
import { PolicyPreviews } from '../../hub/policies/policy-preview.ts'
import { AlertReader } from '../../hub/store/read-alerts.ts'
import { openDatabase } from '../../hub/store/database.ts'

/** The centre's API over a database of its own, without anything taken in: no process, no port, a clock by hand. */
export async function openCentreApp(access: Partial<AccessConfig> = {}, databaseUrl?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-centre-app-'))
  const { db, close } = await openDatabase({ dataDir: folder, databaseUrl })
  const clock = { at: Date.parse('2026-11-26T10:00:00.000Z'), now: () => clock.at }
  const config = CentreConfig.parse({
    http: { port: 0 },
    dataDir: folder,
    key: openCentreApp.key,
    nats: { servers: ['nats://127.0.0.1:9'] },
    regions: ['eu', 'us'].map((region) => ({ region, apiUrl: 'http://127.0.0.1:9', apiKey: 'none' })),
    edge: { url: 'http://127.0.0.1:9', operatorKey: 'none' },
    access,
  })
  const regions = ['eu', 'us']
  const drift = { byRegion: new Map(regions.map((region) => [region, { region, agrees: true }])) }
  const answers = new Map<string, { status: number; body: Record<string, unknown> }>()
  const book = new PolicyBook(db, config.policies.secondPersonFor)
  const policies = {
    book,
    desk: new PolicyDesk({ book, regions, clock, onActivated: () => {} }),
    preview: new PolicyPreviews(regions, async (region) => {
      const answer = answers.get(region)
      if (!answer) throw new Error(`region ${region} could not be asked`)
      return answer
    }),
  }
  const alerts = { reader: new AlertReader(db, RULES_DEFAULT) }
  const centre = { db, clock, regions, drift, policies, alerts } as unknown as Centre
  const app = centreApi(centre, config, pino({ level: 'silent' }))
  const ask = (
    path: string,
    init: { method?: string; json?: unknown; headers?: Record<string, string> } = {},
  ) =>
    app.request(`${ORIGIN}${path}`, {
      method: init.method ?? (init.json === undefined ? 'GET' : 'POST'),
      headers: {
        ...(init.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...init.headers,
      },
      ...(init.json === undefined ? {} : { body: JSON.stringify(init.json) }),
    })
  const stop = async (): Promise<void> => {
    await close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { ask, clock, db, book, answers, stop }
}
openCentreApp.key = 'the-key-of-the-centre-of-tests'
/** A database is made for it, on a machine that may have other work to do. */
openCentreApp.withinMs = 60_000

export const ORIGIN = 'http://centre.test'
export const withKey = { authorization: `Bearer ${openCentreApp.key}` }
export const bearing = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

/** The cookie that an answer sets, as a browser sends it back. */
export const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]!.split(';')[0]!
