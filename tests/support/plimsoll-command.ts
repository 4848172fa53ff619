import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const MAIN = new URL('../../scripts/plimsoll/main.ts', import.meta.url).pathname
const ENDS_WITHIN_MS = 60_000

/** A data folder as `npm start` leaves one, that names a single region: enough for the operators' CLI. */
export function writeInstallation(dataDir: string, region: string, apiUrl: string, key: string): void {
  mkdirSync(join(dataDir, 'hub'), { recursive: true })
  const config = {
    http: { host: '127.0.0.1', port: 9 },
    regions: [{ region, apiUrl }],
    edge: { url: 'http://127.0.0.1:9' },
  }
  writeFileSync(join(dataDir, 'hub', 'config.json'), JSON.stringify(config))
  const keys = {
    edge: {},
    region: { [region]: key },
    hub: 'nobody',
    edgeOperator: 'nobody',
    push: {},
    nats: { hub: '', region: {}, source: {}, leaf: {} },
  }
  writeFileSync(join(dataDir, 'keys.json'), JSON.stringify(keys))
}

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

/** `npx plimsoll …`, as the program itself. */
export function plimsoll(dataDir: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args, '--data', dataDir], { timeout: ENDS_WITHIN_MS })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
}
