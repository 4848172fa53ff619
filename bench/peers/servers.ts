import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endChild } from '../../tests/support/child.ts'
import { eventually } from '../../tests/support/eventually.ts'
import { freePort } from '../../tests/support/free-port.ts'
import pg from 'pg'
import { createClient } from '@redis/client'

export type Server = { readonly url: string; readonly stop: () => Promise<void> }

const UP_WITHIN_MS = 20_000

/** PostgreSQL's own instance in a folder, loopback only, with its defaults: synchronous_commit and fsync are on. */
export async function startPostgres(): Promise<Server> {
  const { data, user } = folderFor('postgres')
  const settings = { stdio: 'ignore', ...user, cwd: data } as const
  execFileSync(
    'initdb',
    ['-D', data, '-U', 'bench', '--auth=trust', '--encoding=UTF8', '--locale=C'],
    settings,
  )
  const port = await freePort()
  const options = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${data}`,
    'shared_buffers=256MB',
  ]
  const child = spawn('postgres', ['-D', data, ...options.flatMap((it) => ['-c', it])], settings)
  const url = `postgres://bench@127.0.0.1:${port}/postgres`
  await eventually(async () => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    await client.end()
    return true
  }, UP_WITHIN_MS)
  return { url, stop: () => ended(child, data) }
}

/** Redis' own instance: every write is in the append-only file, and synced, before it is answered. */
export async function startRedis(): Promise<Server> {
  const { data, user } = folderFor('redis')
  const port = await freePort()
  const options = { bind: '127.0.0.1', port, dir: data, appendonly: 'yes', appendfsync: 'always', save: '' }
  const child = spawn(
    'redis-server',
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: 'ignore', ...user },
  )
  const url = `redis://127.0.0.1:${port}`
  await eventually(async () => {
    const client = createClient({ url, socket: { reconnectStrategy: false } })
    client.on('error', () => {})
    await client.connect()
    await client.close()
    return true
  }, UP_WITHIN_MS)
  return { url, stop: () => ended(child, data) }
}

async function ended(child: ChildProcess, data: string): Promise<void> {
  await endChild(child, 'SIGTERM')
  rmSync(data, { recursive: true, force: true })
}

/** A folder of the server's own. PostgreSQL refuses to run as root; whoever else runs the bench runs it as himself. */
function folderFor(name: string): { readonly data: string; readonly user: { uid?: number; gid?: number } } {
  const data = mkdtempSync(join(tmpdir(), `plimsoll-bench-${name}-`))
  if (process.getuid?.() !== 0) return { data, user: {} }
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  const [uid, gid] = [idOf('-u'), idOf('-g')]
  chownSync(data, uid, gid)
  return { data, user: { uid, gid } }
}
