import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endChild, firstWords } from '../tests/support/child.ts'
import { startLeaf } from '../tests/support/nats-servers.ts'
import { RegionProcess } from '../tests/support/region-process.ts'
import type { Figure } from './figure.ts'
import { latenciesOf, type Load, LOADS, rateOf, SKUS } from './hold-load.ts'
import { median, quantile, ratioOf } from './median.ts'
import { fillPostgres } from './peers/postgres.ts'
import { fillRedis } from './peers/redis.ts'
import { startPostgres, startRedis } from './peers/servers.ts'

const CHILD = join(import.meta.dirname, 'peers', 'peer-child.ts')
const UP_WITHIN_MS = 20_000
const TURNS = 3
const TURN_S = 4
const WARM_UP_S = 2
/** Long enough for what happens every ten seconds. */
const CALM_TURNS = 12
/** Nobody is refused: what is measured is holding. */
const STOCKED = 1_000_000_000

type Asked = { readonly url: string; readonly stop: () => Promise<void> }
type Rates = { readonly [peer: string]: number[] }

/**
 * Claims: holds through HTTP, with idempotency, expiry, allocation, the fsynced journal and the fence, come at 0.6 of the
 * rate of a bare Hono route or more; with `--peers`, at 1.3 of PostgreSQL with group commit, and level with Redis that
 * syncs always. p99 at half that rate under 15 ms; beside it stands that of bare SQLite on the same disk. All take turns.
 */
export async function run({ peers }: { readonly peers: boolean }): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  const stops: (() => Promise<void>)[] = []
  const started = async <T extends Asked>(starting: Promise<T>): Promise<T> => {
    const server = await starting
    stops.unshift(server.stop)
    return server
  }
  try {
    const asked: Record<string, Asked> = {
      bare: await started(startPeer('bare', '')),
      plimsoll: await started(startRegion(folder)),
      sqlite: await started(startPeer('sqlite', join(folder, 'peer.db'))),
    }
    if (peers) {
      const postgres = await started(startPostgres())
      await fillPostgres(postgres.url, SKUS, STOCKED)
      asked['postgres'] = await started(startPeer('postgres', postgres.url))
      asked['postgres-grouped'] = await started(startPeer('postgres-grouped', postgres.url))
      const redis = await started(startRedis())
      await fillRedis(redis.url, SKUS, STOCKED)
      asked['redis'] = await started(startPeer('redis', redis.url))
    }
    const figures: Figure[] = []
    for (const load of LOADS) figures.push(...(await compare(asked, load)))
    return figures
  } finally {
    for (const stop of stops) await stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compare(asked: Readonly<Record<string, Asked>>, load: Load): Promise<Figure[]> {
  const rates: Rates = Object.fromEntries(Object.keys(asked).map((peer) => [peer, []]))
  for (const { url } of Object.values(asked)) await rateOf(url, load, WARM_UP_S)
  for (let turn = 0; turn < TURNS; turn++)
    for (const [peer, { url }] of Object.entries(asked)) rates[peer]!.push(await rateOf(url, load, TURN_S))
  const ours = rates['plimsoll']!
  const calm = await latenciesAtHalf(asked, load, median(ours) / 2)
  const figure = (name: string, value: number, unit: string): Figure => ({
    bench: 'reservations',
    figure: `${load}: ${name}`,
    value,
    unit,
  })
  return [
    ...Object.entries(rates).map(([peer, values]) => ({
      ...figure(peer === 'plimsoll' ? 'holds' : `holds beside ${NAMES[peer]}`, median(ours), 'holds/s'),
      ...(peer === 'plimsoll' ? {} : { floor: median(values), ratio: ratioOf(ours, values) }),
    })),
    ...[50, 99].map((percent) => ({
      ...figure(
        `p${percent} at half that rate, beside ${NAMES['sqlite']}`,
        quantile(calm.ours, percent / 100),
        'ms',
      ),
      floor: quantile(calm.sqlite, percent / 100),
      ratio: quantile(calm.ours, percent / 100) / quantile(calm.sqlite, percent / 100),
    })),
  ].filter(({ figure: name }) => name !== `${load}: holds`)
}

/** Ours and those of bare SQLite, a second each in turn: what machine and disk do to one they do to the other. */
async function latenciesAtHalf(
  { plimsoll, sqlite }: Readonly<Record<string, Asked>>,
  load: Load,
  perSecond: number,
): Promise<{ readonly ours: readonly number[]; readonly sqlite: readonly number[] }> {
  const found = { ours: [] as number[], sqlite: [] as number[] }
  for (let turn = 0; turn < CALM_TURNS; turn++) {
    found.ours.push(...(await latenciesOf(plimsoll!.url, load, 1, perSecond)))
    found.sqlite.push(...(await latenciesOf(sqlite!.url, load, 1, perSecond)))
  }
  return found
}

const NAMES: Readonly<Record<string, string>> = {
  bare: 'a bare Hono route',
  sqlite: 'node:sqlite FULL, group commit, nothing else',
  postgres: 'PostgreSQL, conditional UPDATE, a commit each',
  'postgres-grouped': 'PostgreSQL, group commit',
  redis: 'Redis Lua, appendfsync always',
}

async function startPeer(peer: string, where: string): Promise<Asked> {
  const skus = peer === 'sqlite' ? JSON.stringify(SKUS) : '[]'
  const child = spawn(process.execPath, [CHILD, peer, where, skus, String(STOCKED)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await firstWords(child, /listening on (\S+)/, UP_WITHIN_MS)
  return { url, stop: () => endChild(child, 'SIGTERM') }
}

async function startRegion(folder: string): Promise<Asked> {
  const server = await startLeaf({ region: 'eu' })
  const region = new RegionProcess({ region: 'eu', folder, nats: server.url })
  await region.start()
  await region.put('/v1/nodes/ber1', { source: 'wms' })
  await region.put('/v1/sources/wms', { role: 'wms' })
  await region.call('/v1/items:batch', { json: SKUS.map((sku) => ({ sku })) })
  const received = SKUS.map((sku) => ({
    specversion: '1.0',
    id: sku,
    source: 'wms',
    type: 'plimsoll.stock.received',
    time: '2026-11-20T10:00:00Z',
    subject: sku,
    data: { node: 'ber1', quantity: STOCKED },
  }))
  for (let at = 0; at < received.length; at += 500)
    await region.call('/v1/events', {
      json: received.slice(at, at + 500),
      contentType: 'application/cloudevents-batch+json',
    })
  return {
    url: region.url,
    stop: async () => {
      await region.stop()
      await server.stop()
    },
  }
}
