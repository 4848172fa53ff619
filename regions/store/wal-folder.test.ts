import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { WalFolder } from './wal-folder.ts'

const PAGE_BYTES = 16_384
const PAGES_MAX = 20

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'plimsoll-wal-'))))
afterEach(() => rmSync(folder, { recursive: true }))

test('the WAL begins anew while the process goes on writing, and nothing is lost by it', async () => {
  const path = join(folder, 'region.db')
  const database = openDatabase(path)
  const wal = new WalFolder(database, pino({ level: 'silent' }), { pagesMax: PAGES_MAX })
  wal.start(1)
  const write = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
  const walPages = (): number => statSync(`${path}-wal`).size / PAGE_BYTES
  // What is written begins to lie over what was folded: without that the WAL is longer than what was written.
  let written = 0
  for (; written < PAGES_MAX || written < 2 * walPages(); written++) {
    write.run(`key-${written}`, 'x'.repeat(PAGE_BYTES))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await wal.stop()
  database.close()
  const again = openDatabase(path)
  expect(again.prepare('SELECT count(*) AS n, sum(length(value)) AS bytes FROM meta').get()).toEqual({
    n: written,
    bytes: written * PAGE_BYTES,
  })
  again.close()
})
