import { createHmac, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import * as z from 'zod'
import { configFromArgs } from '../../shared/node/config-file.ts'
import { HttpConfig, listen } from '../../shared/node/http.ts'
import { runProcess } from '../../shared/node/run-process.ts'
import { jsonOrUndefined } from '../../shared/kernel/json-or-undefined.ts'
import pino from 'pino'

/**
 * A stand-in for shops and marketplaces on this machine: it takes what each channel is told, checks its signature, keeps the
 * newest figure of each sku and shows it (`GET /<channel>`).
 */
const StandInConfig = z.strictObject({
  http: HttpConfig,
  dataDir: z.string(),
  /** By channel: what its feed is signed with. */
  secrets: z.record(z.string(), z.string()),
})

const Told = z.object({
  region: z.string(),
  figures: z.array(
    z.looseObject({ sku: z.string(), availableToSell: z.number(), epoch: z.number(), version: z.number() }),
  ),
})
type Figure = z.infer<typeof Told>['figures'][number]

const config = configFromArgs(StandInConfig)
const log = pino({ base: { service: 'channel-stand-in' } })
/** By channel, then by region and sku. */
const figures = new Map<string, Map<string, Figure & { region: string }>>()

const isNewer = (a: Figure, b: Figure | undefined): boolean =>
  b === undefined || a.epoch > b.epoch || (a.epoch === b.epoch && a.version >= b.version)

function isSigned(secret: string, headers: (name: string) => string, body: string): boolean {
  const signed = `${headers('webhook-id')}.${headers('webhook-timestamp')}.${body}`
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const ours = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  const theirs = Buffer.from(headers('webhook-signature'))
  return ours.length === theirs.length && timingSafeEqual(ours, theirs)
}

const app = new Hono()
app.get('/readyz', (c) => c.json({ status: 'ready' }))
app.get('/:channel', (c) => {
  const kept = [...(figures.get(c.req.param('channel'))?.values() ?? [])]
  return c.json({ channel: c.req.param('channel'), figures: kept })
})
app.post('/:channel', async (c) => {
  const channel = c.req.param('channel')
  const body = await c.req.text()
  const secret = config.secrets[channel]
  if (secret === undefined) return c.json({ detail: `no channel ${channel}` }, 404)
  if (!isSigned(secret, (name) => c.req.header(name) ?? '', body))
    return c.json({ detail: 'not signed so' }, 401)
  const told = Told.safeParse(jsonOrUndefined(body))
  if (!told.success) return c.json({ detail: z.prettifyError(told.error) }, 422)
  const kept = figures.get(channel) ?? new Map<string, Figure & { region: string }>()
  figures.set(channel, kept)
  const { region } = told.data
  for (const figure of told.data.figures) {
    const key = `${region}/${figure.sku}`
    if (isNewer(figure, kept.get(key))) kept.set(key, { region, ...figure })
  }
  return c.json({ refused: [] })
})

await runProcess(log, () => listen(app.fetch, config.http))
