import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'

export type NatsServer = {
  readonly path: string
  /** From 2.10 on the server can be told to flush each message to the disk before it acknowledges it. */
  readonly flushesAlways: boolean
}

/** Debian puts it where the PATH of an ordinary user doesn't look. */
const FURTHER_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin']

/** Null when there is none; setup.sh has tried to install it by then. */
export async function findNatsServer(path: string = process.env['PATH'] ?? ''): Promise<NatsServer | null> {
  const found = [...path.split(delimiter), ...FURTHER_FOLDERS]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'nats-server'))
    .find(isExecutable)
  if (found === undefined) return null
  const { stdout } = await execa(found, ['--version'], { timeout: 5000, reject: false })
  return { path: found, flushesAlways: flushesAlways(stdout ?? '') }
}

/** From e.g. `nats-server: v2.9.10`. An unreadable version is taken for an old one. */
export function flushesAlways(versionLine: string): boolean {
  const [, major, minor] = /v(\d+)\.(\d+)\./.exec(versionLine) ?? []
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 10)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
