import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, type Result } from '../../shared/kernel/result.ts'

/** The file that tells a folder of ours from one that merely was named by mistake. */
const MARKER = '.plimsoll-data'

/** Makes the folder where everything is kept. `fresh` empties it, but only a folder that is ours. */
export function prepareDataFolder(dataDir: string, fresh: boolean): Result<null, string> {
  const names = existsSync(dataDir) ? readdirSync(dataDir) : []
  if (names.length > 0 && !names.includes(MARKER)) {
    return err(`${dataDir} is not a plimsoll data folder (no ${MARKER} in it): name another by --data`)
  }
  // The marker goes last, so that an emptying which was cut short can be repeated.
  if (fresh) {
    for (const name of names.filter((name) => name !== MARKER)) {
      rmSync(join(dataDir, name), { recursive: true, force: true })
    }
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  writeFileSync(
    join(dataDir, MARKER),
    'This folder belongs to plimsoll: `npm start -- --fresh` empties it.\n',
  )
  return ok(null)
}

/** Whole or not at all, and for its owner's eyes alone: these files hold keys. */
export function writePrivateFile(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true })
  const partial = `${path}.${process.pid}.partial`
  writeFileSync(partial, text, { mode: 0o600 })
  renameSync(partial, path)
}
