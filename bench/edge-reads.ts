import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { build } from 'esbuild'
import { Log, LogLevel, Miniflare } from 'miniflare'
import { encodePush, PUSH_MEDIA_TYPE, SIGNATURE_HEADER, signedBytes } from '../shared/contract/push.ts'
import { Region } from '../shared/domain/ids.ts'
import { formatInstant } from '../shared/kernel/clock.ts'
import type { SnapshotRow } from '../shared/snapshot/row.ts'
import { shardOf } from '../shared/snapshot/shard-of.ts'
import { encodeShard } from '../shared/snapshot/shard.ts'
import type { Figure } from './figure.ts'
import { median, ratioOf } from './median.ts'

/**
 * Claim: a cached read costs little more than a bare Worker route that returns the same bytes (≥ 0.8 of its rate for one
 * sku, ≥ 0.5 for a hundred). Both Workers run in workerd on their direct sockets, and take turns.
 */
const SKUS = 20_000
const SHARDS = 8
const CONNECTIONS = 16
/** Short turns and their medians, so that a busy neighbour for a second hurts neither side. */
const TURN_S = 1
const TURNS = 9
const KEY = 'plk_bench-key-of-shop'
const SECRET = 'a-secret-for-the-bench'

type Measured = {
  readonly name: string
  readonly ours: autocannon.Options
  readonly bare: autocannon.Options
}

export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  const edge = await startEdge(folder)
  try {
    await fill(edge.url)
    const authorization = { Authorization: `Bearer ${KEY}` }
    const query = JSON.stringify({ skus: Array.from({ length: 100 }, (_, i) => sku(i * 7)) })
    const post = {
      method: 'POST' as const,
      body: query,
      headers: { ...authorization, 'Content-Type': 'application/json' },
    }
    const one = await bytesOf(`${edge.url}/v1/availability/${sku(7)}`, { headers: authorization })
    const hundred = await bytesOf(`${edge.url}/v1/availability/query`, post)
    const bare = await startBare(one, hundred)
    try {
      const cases: Measured[] = [
        {
          name: 'cached single-sku reads',
          ours: { url: `${edge.url}/v1/availability/${sku(7)}`, headers: authorization },
          bare: { url: `${bare.url}/v1/availability/${sku(7)}`, headers: authorization },
        },
        {
          name: 'queries of 100 skus',
          ours: { url: `${edge.url}/v1/availability/query`, ...post },
          bare: { url: `${bare.url}/v1/availability/query`, ...post },
        },
      ]
      const figures: Figure[] = []
      for (const measured of cases) figures.push(await measure(measured))
      return figures
    } finally {
      await bare.miniflare.dispose()
    }
  } finally {
    edge.process.kill('SIGTERM')
    await once(edge.process, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure({ name, ours, bare }: Measured): Promise<Figure> {
  await rate(ours, 1)
  await rate(bare, 1)
  const floors: number[] = []
  const values: number[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    floors.push(await rate(bare, TURN_S))
    values.push(await rate(ours, TURN_S))
  }
  const [value, floor] = [median(values), median(floors)]
  const ratio = Math.round(ratioOf(values, floors) * 100) / 100
  return {
    bench: 'edge-reads',
    figure: name,
    value: Math.round(value),
    unit: '1/s',
    floor: Math.round(floor),
    ratio,
  }
}

async function rate(options: autocannon.Options, seconds: number): Promise<number> {
  const result = await autocannon({ ...options, connections: CONNECTIONS, duration: seconds })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refusals, ${result.errors} errors`)
  return result.requests.average
}

const sku = (i: number): string => `SKU-${String(i).padStart(6, '0')}`

async function startEdge(folder: string): Promise<{ url: string; process: ChildProcess }> {
  const port = await freePort()
  const file = join(folder, 'edge.json')
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
  const config = {
    port,
    dataDir: join(folder, 'data'),
    regions: ['eu'],
    pushSecrets: { eu: { k1: SECRET } },
    operatorKeySha256: sha256('nobody'),
    keys: [{ sha256: sha256(KEY), channel: 'shop', regions: ['eu'] }],
  }
  writeFileSync(file, JSON.stringify(config))
  const child = spawn(process.execPath, ['scripts/start/edge-server.ts', '--config', file], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown]
  if (!Buffer.isBuffer(line)) throw new Error(`the edge did not start: exit ${String(line)}`)
  return { url: (JSON.parse(line.toString()) as { url: string }).url, process: child }
}

type Bytes = { readonly headers: Record<string, string>; readonly body: string }

/** What a route sends, so that the bare one can send the very same headers and body. */
async function bytesOf(url: string, init: RequestInit): Promise<Bytes> {
  const response = await fetch(url, init)
  const body = await response.text()
  if (!body.includes('"availableToSell"')) throw new Error(`the edge does not answer: ${body}`)
  const headers = Object.fromEntries(response.headers)
  delete headers['content-length']
  return { headers, body }
}

async function startBare(one: Bytes, hundred: Bytes): Promise<{ url: string; miniflare: Miniflare }> {
  const source = `
    import { Hono } from 'hono'
    const app = new Hono()
    const [one, hundred] = ${JSON.stringify([one, hundred])}
    app.get('/v1/availability/:sku', (c) => c.body(one.body, 200, one.headers))
    app.post('/v1/availability/query', (c) => c.body(hundred.body, 200, hundred.headers))
    export default app`
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
  })
  const miniflare = new Miniflare({
    workers: [
      {
        config: {
          name: 'bare',
          compatibilityDate: '2026-11-01',
          manifest: {
            mainModule: 'worker.js',
            modulesRoot: '/',
            modules: { 'worker.js': { type: 'esm', contents: outputFiles[0]!.text } },
          },
        },
        dev: { unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] },
      },
    ],
    log: new Log(LogLevel.ERROR),
    cf: false,
    telemetry: { enabled: false },
  })
  await miniflare.ready
  return { url: String(await miniflare.unsafeGetDirectURL('bare')).replace(/\/$/, ''), miniflare }
}

/** Twenty thousand skus at three nodes, sold under five rules. */
async function fill(url: string): Promise<void> {
  const now = Date.now()
  const rows = Array.from({ length: SKUS }, (_, i) => row(i))
  const byShard = Map.groupBy(rows, (each) => shardOf(each.sku, SHARDS))
  const at = formatInstant(now)
  const classes = ['shop', 'shop/gold', 'amazon', 'edi', 'inside-sales']
  const body = encodePush(
    {
      format: 1,
      region: Region.parse('eu'),
      epoch: 1,
      fromVersion: 0,
      toVersion: 1,
      asOf: at,
      tierAsOf: { A: at, B: at, C: at },
      shardCount: SHARDS,
      rules: {
        version: 1,
        allocation: { '*': classes.map((name) => ({ class: name, ringFence: { percent: 10 }, buffer: 1 })) },
        freshForMs: { A: 600_000, B: 600_000, C: 600_000 },
      },
    },
    null,
    [...byShard].map(([shard, of]) => ({
      shard,
      version: 1,
      body: encodeShard({ region: 'eu', shard, version: 1, asOf: now }, of),
    })),
  )
  const mac = createHmac('sha256', SECRET)
    .update(signedBytes(now, 'eu', body))
    .digest('hex')
  const headers = { 'Content-Type': PUSH_MEDIA_TYPE, [SIGNATURE_HEADER]: `t=${now},k=k1,v1=${mac}` }
  const response = await fetch(`${url}/ingest/v1/eu`, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(await response.text())
}

function row(i: number): SnapshotRow {
  const gross = 50 + (i % 500)
  return {
    sku: sku(i),
    tier: i % 10 === 0 ? 'A' : 'B',
    inputs: {
      gross,
      pool: gross - 20,
      demandTotal: 20,
      demandByClass: new Map([
        ['shop', 12],
        ['amazon', 8],
      ]),
    },
    nodes: ['ber1', 'ham1', 'muc1'].map((node, n) => ({
      node,
      availableToSell: Math.floor(gross / (n + 2)),
    })),
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
