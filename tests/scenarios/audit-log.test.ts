import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from '../../hub/store/drizzle.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AuditHead, AuditLog } from '../../hub/access/audit-log.ts'
import { type OpenDatabase, openDatabase } from '../../hub/store/database.ts'
import { auditEntry } from '../../hub/store/tables.ts'
import { hasPostgres, startPostgres } from '../support/postgres.ts'

/** The audit log on both databases that the centre may have. */

const DATABASES = [
  { name: 'PGlite', isThere: true, isPostgres: false },
  { name: 'PostgreSQL', isThere: hasPostgres(), isPostgres: true },
]
const NOW = Date.parse('2026-11-26T10:00:00.000Z')

describe.each(DATABASES)('the audit log on $name', ({ isThere, isPostgres }) => {
  describe.skipIf(!isThere)('(skipped where its programs are missing)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-audit-'))
    const heads: AuditHead[] = []
    let server: { url: string; stop: () => Promise<void> } | null = null
    let store: OpenDatabase
    let log: AuditLog

    beforeAll(async () => {
      if (isPostgres) server = await startPostgres()
      store = await openDatabase({ dataDir: folder, databaseUrl: server?.url })
      log = new AuditLog(store.db, (head) => heads.push(head))
      for (let i = 1; i <= 5; i++) await note(`policy ${i}`)
    })
    afterAll(async () => {
      await store?.close()
      await server?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    const note = (subject: string): Promise<number> =>
      log.append(
        {
          actor: 'token:ada',
          via: 'token',
          action: 'PUT',
          subject,
          correlationId: 'c-1',
          detail: { reason: 'naïve “quotes” and 💠', n: 1 },
        },
        NOW,
      )
    /** As somebody would who is above the database's rules. */
    const behindItsBack = async (statement: string): Promise<void> => {
      await store.db.execute(sql.raw('ALTER TABLE audit_entry DISABLE TRIGGER USER'))
      await store.db.execute(sql.raw(statement))
      await store.db.execute(sql.raw('ALTER TABLE audit_entry ENABLE TRIGGER USER'))
    }
    const refusalOf = async (statement: string): Promise<string> => {
      try {
        await store.db.execute(sql.raw(statement))
        return 'nothing was refused'
      } catch (error) {
        return `${String(error)} ${String((error as Error).cause)}`
      }
    }

    test('is intact as it was written, and its head is the one that was told', async () => {
      expect(await log.verify()).toEqual({ intact: true, entries: 5, head: heads.at(-1), faults: [] })
      expect(await log.verify(heads[2]!)).toMatchObject({ intact: true })
    })

    test.each([
      `UPDATE audit_entry SET actor = 'nobody' WHERE sequence = 3`,
      `UPDATE audit_entry SET hash = hash`,
      `DELETE FROM audit_entry WHERE sequence = 5`,
      `TRUNCATE audit_entry`,
    ])('the database itself refuses %s', async (statement) => {
      expect(await refusalOf(statement)).toContain('the audit log only grows')
      expect(await store.db.select().from(auditEntry)).toHaveLength(5)
    })

    test('many at once follow one on the other', async () => {
      const sequences = await Promise.all(Array.from({ length: 20 }, (_, i) => note(`at once ${i}`)))
      expect(sequences.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 6))
      expect(await log.verify()).toMatchObject({ intact: true, entries: 25 })
    })

    test.each([
      [`SET actor = 'token:eve' WHERE sequence = 3`, `SET actor = 'token:ada' WHERE sequence = 3`],
      [
        `SET detail = replace(detail, '"n":1', '"n":2') WHERE sequence = 3`,
        `SET detail = replace(detail, '"n":2', '"n":1') WHERE sequence = 3`,
      ],
      [
        `SET at = '2026-11-26T10:00:00.001Z' WHERE sequence = 3`,
        `SET at = '2026-11-26T10:00:00.000Z' WHERE sequence = 3`,
      ],
    ])('a changed entry is found, though the rules were got around: %s', async (change, undo) => {
      await behindItsBack(`UPDATE audit_entry ${change}`)
      expect(await log.verify()).toMatchObject({
        intact: false,
        faults: [{ sequence: 3, what: 'its content was changed' }],
      })
      await behindItsBack(`UPDATE audit_entry ${undo}`)
      expect(await log.verify()).toMatchObject({ intact: true })
    })

    test('a removed entry is found, and one at the end by the head that was noted', async () => {
      const noted = heads.at(-1)!
      await behindItsBack('DELETE FROM audit_entry WHERE sequence = 25')
      expect(await log.verify(), 'a chain alone does not know its end').toMatchObject({ intact: true })
      expect(await log.verify(noted)).toMatchObject({ intact: false, faults: [{ sequence: 25 }] })
      await behindItsBack('DELETE FROM audit_entry WHERE sequence = 2')
      expect((await log.verify()).faults).toEqual([{ sequence: 3, what: 'entries 2 to here are missing' }])
    })
  })
})
