import type { Rules } from '../../shared/contract/push.ts'
import { hotRowsIn } from './hot-rows.ts'
import type { Head, Installation, RegionStore, ShardMark } from './region-store.ts'

type HeadRow = {
  revision: number
  replaced_revision: number
  rules_revision: number
  epoch: number
  version: number
  as_of: number
  tier_as_of: string
  shard_count: number
  rules: string | null
}
type HotLogRow = { version: number; body: string }
type BodyRow = { shard: number; body: string }

/** A region's truth in its own D1 database; the tables are in edge/migrations. */
export function d1RegionStore(db: D1Database): RegionStore {
  return {
    read: async (held, shards) => {
      const since = held?.revision ?? 0
      const statements = [
        db.prepare(READ_HEAD).bind(held?.rulesRevision ?? 0),
        db.prepare('SELECT shard, version, digest FROM shard WHERE revision > ?1').bind(since),
        db.prepare('SELECT version, body FROM hot_log WHERE revision > ?1 ORDER BY revision').bind(since),
      ]
      if (shards.length > 0) statements.push(db.prepare(READ_BODIES).bind(JSON.stringify(shards)))
      const [heads, marks, hot, bodies] = await db.batch(statements)
      const row = heads?.results[0] as HeadRow | undefined
      if (!row) return null
      const hotOf = ({ version, body }: HotLogRow) =>
        hotRowsIn(Uint8Array.fromBase64(body), version, row.shard_count)
      return {
        changes: {
          since,
          head: headOf(row, held),
          shards: (marks?.results ?? []) as ShardMark[],
          hot: ((hot?.results ?? []) as HotLogRow[]).flatMap(hotOf),
        },
        bodies: new Map(
          ((bodies?.results ?? []) as BodyRow[]).map(({ shard, body }) => [
            shard,
            Uint8Array.fromBase64(body),
          ]),
        ),
      }
    },

    install: async (installation) => {
      try {
        await db.batch(installStatements(db, installation))
        return true
      } catch (error) {
        if (String(error).includes('push_follows_on')) return false
        throw error
      }
    },

    stage: async ({ epoch, asOf }, shards) => {
      await db.batch([
        db.prepare(FORGET_EARLIER_STARTS).bind(epoch, asOf),
        ...shards.map((it) =>
          db.prepare(STAGE_SHARD).bind(epoch, asOf, it.shard, it.version, it.digest, it.bytes.toBase64()),
        ),
      ])
    },

    readStaged: async ({ epoch, asOf }) => {
      const { results } = await db.prepare(READ_STAGED).bind(epoch, asOf).all<ShardMark>()
      return results
    },

    readChanges: async (from, upTo, pushesMax) => {
      const [heads, pushes] = await db.batch([
        db.prepare('SELECT unlogged_revision FROM head'),
        db.prepare(READ_CHANGES).bind(from, upTo, pushesMax),
      ])
      const [head] = (heads?.results ?? []) as { unlogged_revision: number }[]
      return {
        unloggedRevision: head?.unlogged_revision ?? 0,
        pushes: ((pushes?.results ?? []) as { revision: number; skus: string }[]).map(
          ({ revision, skus }) => ({
            revision,
            skus: JSON.parse(skus) as string[],
          }),
        ),
      }
    },
  }
}

const READ_HEAD = `SELECT revision, replaced_revision, rules_revision, epoch, version, as_of, tier_as_of, shard_count,
  CASE WHEN rules_revision > ?1 THEN rules END AS rules FROM head`

const READ_CHANGES = `SELECT revision, skus FROM change_log WHERE revision BETWEEN ?1 AND ?2
  ORDER BY revision LIMIT ?3`

const READ_BODIES = 'SELECT shard, body FROM shard WHERE shard IN (SELECT value FROM json_each(?1))'

const GUARD = `INSERT INTO push_guard (follows_on)
  SELECT 0 WHERE coalesce((SELECT revision FROM head), 0) <> ?1`

const WRITE_HEAD = `INSERT INTO head
  (id, revision, replaced_revision, rules_revision, epoch, version, as_of, tier_as_of, shard_count, rules)
  VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
  ON CONFLICT (id) DO UPDATE SET revision = ?1, replaced_revision = ?2, rules_revision = ?3, epoch = ?4,
    version = ?5, as_of = ?6, tier_as_of = ?7, shard_count = ?8, rules = ?9`

/** A heartbeat and most pushes leave the rules alone, and need not carry them into the statement. */
const MOVE_HEAD = 'UPDATE head SET revision = ?1, version = ?2, as_of = ?3, tier_as_of = ?4'

const WRITE_SHARD = `INSERT INTO shard (shard, version, digest, revision, body) VALUES (?1, ?2, ?3, ?4, ?5)
  ON CONFLICT (shard) DO UPDATE SET version = ?2, digest = ?3, revision = ?4, body = ?5`

/** Never those of a later one: a part may arrive late. */
const FORGET_EARLIER_STARTS = 'DELETE FROM staged_shard WHERE epoch < ?1 OR (epoch = ?1 AND as_of < ?2)'

const STAGE_SHARD = `INSERT OR REPLACE INTO staged_shard (epoch, as_of, shard, version, digest, body)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6)`

const READ_STAGED =
  'SELECT shard, version, digest FROM staged_shard WHERE epoch = ?1 AND as_of = ?2 ORDER BY shard'

const INSTALL_STAGED = `INSERT INTO shard (shard, version, digest, revision, body)
  SELECT shard, version, digest, ?3, body FROM staged_shard WHERE epoch = ?1 AND as_of = ?2`

const LOG_HOT = 'INSERT INTO hot_log (revision, version, shards, body) VALUES (?1, ?2, ?3, ?4)'

/** A whole shard holds everything up to its version, so what is older than all of its shards has done its work. */
const FORGET_COVERED_HOT = `DELETE FROM hot_log WHERE NOT EXISTS (
  SELECT 1 FROM json_each(hot_log.shards) AS its JOIN shard ON shard.shard = its.value
    WHERE shard.version < hot_log.version)`

/** Order matters: the guard first, then deletions, then what is new. */
function installStatements(db: D1Database, installation: Installation): D1PreparedStatement[] {
  const { since, head, shards, hot, hotBytes, bodies, replacesAll, staged } = installation
  const { revision, version } = head
  const statements = [db.prepare(GUARD).bind(since)]
  if (replacesAll) statements.push(db.prepare('DELETE FROM hot_log'), db.prepare('DELETE FROM shard'))
  if (staged) {
    statements.push(db.prepare(INSTALL_STAGED).bind(staged.epoch, staged.asOf, revision))
    statements.push(db.prepare(FORGET_EARLIER_STARTS).bind(staged.epoch, staged.asOf + 1))
  }
  for (const { shard, version: its, digest } of shards) {
    const body = bodies.get(shard)?.toBase64()
    if (body !== undefined) statements.push(db.prepare(WRITE_SHARD).bind(shard, its, digest, revision, body))
  }
  if (hotBytes !== null) {
    const inShards = JSON.stringify([...new Set(hot.map(({ shard }) => shard))])
    statements.push(db.prepare(LOG_HOT).bind(revision, version, inShards, hotBytes.toBase64()))
  }
  if (revision % FORGET_HOT_EVERY === 0) statements.push(db.prepare(FORGET_COVERED_HOT))
  statements.push(writeHead(db, installation), ...logStatements(db, installation))
  return statements
}

/** Two seconds of pushes at most are kept for nothing; who reads everything reads them in vain. */
const FORGET_HOT_EVERY = 8

/** Who was away longer reads everything anew. */
const CHANGES_KEPT_MS = 3_600_000
/** So many pushes go by between two looks at what is too old. */
const PRUNE_EVERY = 64
/** Some six thousand skus: who follows reads everything anew as fast. */
const CHANGED_CHARS_MAX = 100_000

/** After the head, which says of what the log knows nothing. */
function logStatements(db: D1Database, { head, changed, replacesAll }: Installation): D1PreparedStatement[] {
  const { revision, asOf } = head
  const skus = changed && JSON.stringify(changed)
  if (replacesAll || skus === null || skus.length > CHANGED_CHARS_MAX)
    return [
      db.prepare('UPDATE head SET unlogged_revision = ?1').bind(revision),
      db.prepare('DELETE FROM change_log'),
    ]
  const statements: D1PreparedStatement[] = []
  if (changed!.length > 0)
    statements.push(
      db
        .prepare('INSERT INTO change_log (revision, at, skus) VALUES (?1, ?2, ?3)')
        .bind(revision, asOf, skus),
    )
  if (revision % PRUNE_EVERY === 0)
    statements.push(
      db.prepare(FORGET_OLD).bind(asOf - CHANGES_KEPT_MS),
      db.prepare('DELETE FROM change_log WHERE at < ?1').bind(asOf - CHANGES_KEPT_MS),
    )
  return statements
}

const FORGET_OLD = `UPDATE head SET unlogged_revision =
  max(unlogged_revision, coalesce((SELECT max(revision) FROM change_log WHERE at < ?1), 0))`

function writeHead(db: D1Database, { head, replacesAll }: Installation): D1PreparedStatement {
  const { revision, replacedRevision, rulesRevision, epoch, version, asOf, shardCount, rules } = head
  const tierAsOf = JSON.stringify(head.tierAsOf)
  if (!replacesAll && rulesRevision !== revision) {
    return db.prepare(MOVE_HEAD).bind(revision, version, asOf, tierAsOf)
  }
  const rest = [epoch, version, asOf, tierAsOf, shardCount, JSON.stringify(rules)]
  return db.prepare(WRITE_HEAD).bind(revision, replacedRevision, rulesRevision, ...rest)
}

function headOf(row: HeadRow, held: Head | null): Head {
  return {
    revision: row.revision,
    replacedRevision: row.replaced_revision,
    rulesRevision: row.rules_revision,
    epoch: row.epoch,
    version: row.version,
    asOf: row.as_of,
    tierAsOf: JSON.parse(row.tier_as_of) as Head['tierAsOf'],
    shardCount: row.shard_count,
    // Left out by the query only when the caller holds these very rules.
    rules: row.rules === null ? held!.rules : (JSON.parse(row.rules) as Rules),
  }
}
