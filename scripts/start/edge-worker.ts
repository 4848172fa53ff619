import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, stop as stopEsbuild } from 'esbuild'
import { Log, LogLevel, Miniflare, type WorkerOptions } from 'miniflare'
import * as z from 'zod'
import { Region } from '../../shared/domain/ids.ts'

/** What the Worker's bindings are made from on this machine. */
export const EdgeWorkerConfig = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(1).max(65_535),
  dataDir: z.string().min(1),
  regions: z.array(Region).min(1),
  /** `{region: {keyId: secret}}`, as the Worker's PUSH_SECRETS. */
  pushSecrets: z.record(Region, z.record(z.string(), z.string())),
  /** As the Worker's REGION_HUBS: where each region's processes are, and the key of their API. */
  regionHubs: z
    .record(Region, z.strictObject({ urls: z.array(z.url()).min(1), key: z.string() }))
    .default({}),
  operatorKeySha256: z.string().regex(/^[0-9a-f]{64}$/),
  keys: z.array(
    z.strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      channel: z.string(),
      segments: z.array(z.string()).optional(),
      regions: z.array(Region).min(1),
    }),
  ),
})
export type EdgeWorkerConfig = z.infer<typeof EdgeWorkerConfig>

const ROOT = join(import.meta.dirname, '../..')
export const WORKER = 'plimsoll-edge'
const COMPATIBILITY_DATE = '2026-11-01'

/** The Worker in workerd, with D1 and KV on disk under dataDir. It answers once it is ready and furnished. */
export async function startEdgeWorker(
  config: EdgeWorkerConfig,
  entry = 'edge/worker.ts',
): Promise<Miniflare> {
  mkdirSync(config.dataDir, { recursive: true })
  return new Miniflare({
    workers: [workerOf(config, await bundle(entry))],
    resourcePersistencePath: config.dataDir,
    log: new Log(LogLevel.ERROR),
    cf: false,
    telemetry: { enabled: false },
    // stdout carries the ready line alone.
    handleStructuredLogs: ({ message }) => process.stderr.write(`${message}\n`),
  })
}

/** Gives it its tables and its keys. */
export async function furnishEdgeWorker(miniflare: Miniflare, config: EdgeWorkerConfig): Promise<void> {
  for (const region of config.regions) await migrate(miniflare, databaseName(region))
  await writeKeys(miniflare, config)
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    logLevel: 'warning',
  })
  await stopEsbuild()
  return outputFiles[0]!.text
}

function workerOf(config: EdgeWorkerConfig, contents: string): WorkerOptions {
  const databases = config.regions.map((region) => [
    databaseName(region),
    { type: 'd1' as const, id: `plimsoll-${region}` },
  ])
  return {
    config: {
      name: WORKER,
      compatibilityDate: COMPATIBILITY_DATE,
      manifest: {
        mainModule: 'worker.js',
        modulesRoot: '/',
        modules: { 'worker.js': { type: 'esm', contents } },
      },
      env: {
        ...Object.fromEntries(databases),
        SNAPSHOTS: { type: 'kv', id: 'snapshots' },
        KEYS: { type: 'kv', id: 'keys' },
        REGIONS: { type: 'text', value: config.regions.join(',') },
        PUSH_SECRETS: { type: 'text', value: JSON.stringify(config.pushSecrets) },
        REGION_HUBS: { type: 'text', value: JSON.stringify(config.regionHubs) },
        OPERATOR_KEY_SHA256: { type: 'text', value: config.operatorKeySha256 },
      },
    },
    dev: { unsafeDirectSockets: [{ host: config.host, port: config.port }] },
  }
}

export const databaseName = (region: string): string => `DB_${region.toUpperCase().replaceAll('-', '_')}`

/** Applies what wrangler would, and notes it where wrangler does, so that both can go on from there. */
async function migrate(miniflare: Miniflare, binding: string): Promise<void> {
  const db = await miniflare.getD1Database(binding, WORKER)
  await db
    .prepare(
      `CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
       applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
    )
    .run()
  const { results } = await db.prepare('SELECT name FROM d1_migrations').all<{ name: string }>()
  const applied = new Set(results.map(({ name }) => name))
  const folder = join(ROOT, 'edge/migrations')
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()) {
    if (applied.has(name)) continue
    const statements = statementsOf(readFileSync(join(folder, name), 'utf8'))
    await db.batch([
      ...statements.map((sql) => db.prepare(sql)),
      db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ])
  }
}

/** Statements end with a semicolon at the end of a line; our migrations have no triggers and no `--` within a text. */
function statementsOf(sql: string): string[] {
  const bare = sql.replaceAll(/--.*$/gm, '')
  return bare
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

const Revocable = z.looseObject({ revoked: z.boolean().optional() })

async function writeKeys(miniflare: Miniflare, { keys }: EdgeWorkerConfig): Promise<void> {
  const kv = await miniflare.getKVNamespace('KEYS', WORKER)
  for (const { sha256, ...record } of keys) {
    // One that was revoked stays so, whatever the configuration still lists.
    const known = Revocable.nullable().parse(await kv.get(`key:${sha256}`, 'json'))
    if (!known?.revoked) await kv.put(`key:${sha256}`, JSON.stringify(record))
  }
}
