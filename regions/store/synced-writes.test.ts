import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { SyncedWrites } from './synced-writes.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-synced-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const synchronous = (database: ReturnType<typeof openDatabase>): unknown =>
  database.prepare('PRAGMA synchronous').get()?.['synchronous']
const FULL = 2

test('a write can be read at once, is there after a start, and leaves other writes to sync themselves', async () => {
  const path = join(folder, 'a.db')
  const database = openDatabase(path)
  const writes = new SyncedWrites(database)
  writes.write(() => database.exec("INSERT INTO meta VALUES ('a', '1')"))
  expect(database.prepare("SELECT value FROM meta WHERE key = 'a'").get()).toMatchObject({ value: '1' })
  await writes.sync()
  expect(synchronous(database)).toBe(FULL)
  writes.close()
  database.close()
  const again = openDatabase(path)
  expect(again.prepare("SELECT value FROM meta WHERE key = 'a'").get()).toMatchObject({ value: '1' })
  again.close()
})

test('a write that fails leaves nothing, and the next one syncs as ever', () => {
  const database = openDatabase(join(folder, 'b.db'))
  const writes = new SyncedWrites(database)
  const broken = (): void => {
    database.exec("INSERT INTO meta VALUES ('a', '1')")
    throw new Error('in the middle')
  }
  expect(() => writes.write(broken)).toThrow('in the middle')
  expect(database.prepare("SELECT value FROM meta WHERE key = 'a'").get()).toBeUndefined()
  expect(synchronous(database)).toBe(FULL)
  database.close()
})
