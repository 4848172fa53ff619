import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** What `wrangler deploy` would upload, made without an account. */

const ROOT = join(import.meta.dirname, '..', '..')
/** A Worker may take 3 MB on the free plan; this is about how long a cold isolate takes to start. Measured: 72 KiB. */
const GZIP_BYTES_MAX = 80 * 1024

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-deploy-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each([
  ['staging', ['DB_EU']],
  ['production', ['DB_EU', 'DB_US', 'DB_APAC']],
])('the edge of %s', (environment, databases) => {
  const outdir = join(folder, environment)
  let said = { status: null as number | null, stdout: '', stderr: '' }
  beforeAll(() => {
    said = spawnSync(
      join(ROOT, 'node_modules', '.bin', 'wrangler'),
      ['deploy', '--dry-run', '--env', environment, '--outdir', outdir],
      {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: 50_000,
        env: {
          ...process.env,
          WRANGLER_SEND_METRICS: 'false',
          WRANGLER_SEND_ERROR_REPORTS: 'false',
          WRANGLER_LOG_PATH: folder,
          NO_COLOR: '1',
        },
      },
    )
  }, 60_000)

  test('is bundled, with every binding that the Worker asks for', () => {
    const { status, stdout, stderr } = said
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    for (const binding of [...databases, 'SNAPSHOTS', 'KEYS', 'RATE_LIMITER', 'REGIONS'])
      expect(stdout).toContain(`env.${binding} (`)
    expect(stdout).not.toContain('WARNING')
  })

  test('stays small: zod whole, no Node, no documentation pages', () => {
    const bundle = readFileSync(join(outdir, 'worker.js'))
    const gzipBytes = gzipSync(bundle).length
    console.log(`edge bundle (${environment}): ${bundle.length} bytes, ${gzipBytes} gzipped`)
    expect(gzipBytes).toBeLessThan(GZIP_BYTES_MAX)
    expect(bundle.toString()).not.toMatch(/from\s*["']node:/)
  })
})
