import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { endChild } from './child.ts'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'

const UP_WITHIN_MS = 30_000
/** PostgreSQL refuses to run as root; Debian's user for those who are nobody does as well. */
const NOBODY = 65_534

export const hasPostgres = (): boolean =>
  ['initdb', 'postgres'].every((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)

/** A PostgreSQL of its own in a folder of its own, on loopback. */
export async function startPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const data = mkdtempSync(join(tmpdir(), 'plimsoll-postgres-'))
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(data, NOBODY, NOBODY)
  const settings = { stdio: 'ignore', cwd: data, ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}) } as const
  execFileSync(
    'initdb',
    ['-D', data, '-U', 'tests', '--auth=trust', '--encoding=UTF8', '--locale=C'],
    settings,
  )
  const port = await freePort()
  const options = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${data}`]
  const child = spawn('postgres', ['-D', data, ...options.flatMap((it) => ['-c', it])], settings)
  const url = `postgres://tests@127.0.0.1:${port}/postgres`
  await eventually(async () => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    await client.end()
    return true
  }, UP_WITHIN_MS)
  const stop = async (): Promise<void> => {
    await endChild(child, 'SIGTERM')
    rmSync(data, { recursive: true, force: true })
  }
  return { url, stop }
}
