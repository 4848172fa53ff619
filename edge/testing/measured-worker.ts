import { createApp } from '../app.ts'
import { edgeOf } from '../edge-of.ts'
import type { Env } from '../settings.ts'
import worker from '../worker.ts'

/**
 * The Worker for measurements, beside the bare calls of its bindings:
 *
 *   anything                    as the Worker answers it, its D1 counting
 *   with `x-cold: kv` or `d1`   as an isolate answers that holds nothing; `d1`: and that finds no copy in KV
 *   GET /measured/rows          rows of D1 written and read since this was asked last
 *   GET /bare/kv, /bare/d1      the bytes of shard 0 by one call of the binding
 */
const rows = { written: 0, read: 0 }
let counted: Env | null = null

export default {
  fetch: async (request, env, context) => {
    counted ??= { ...env, DB_EU: counting(env.DB_EU!) }
    switch (new URL(request.url).pathname) {
      case '/measured/rows': {
        const answer = Response.json(rows)
        Object.assign(rows, { written: 0, read: 0 })
        return answer
      }
      case '/bare/kv': {
        const { value } = await env.SNAPSHOTS.getWithMetadata('shard:eu:0', 'arrayBuffer')
        return new Response(value)
      }
      case '/bare/d1': {
        const body = await env.DB_EU!.prepare('SELECT body FROM shard WHERE shard = 0').first<string>('body')
        return new Response(body)
      }
    }
    const cold = request.headers.get('x-cold')
    if (cold === null) return worker.fetch(request as never, counted, context)
    const its = cold === 'kv' ? env : { ...env, SNAPSHOTS: withoutCopies(env.SNAPSHOTS) }
    return createApp(edgeOf(its)).fetch(request, its, context)
  },
} satisfies ExportedHandler<Env>

function counting(db: D1Database): D1Database {
  const batch = async <T>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> => {
    const results = await db.batch<T>(statements)
    for (const { meta } of results) {
      rows.written += meta.rows_written
      rows.read += meta.rows_read
    }
    return results
  }
  return { prepare: (sql: string) => db.prepare(sql), batch } as D1Database
}

/** Asked, and empty: a call that finds nothing takes its time too. */
const withoutCopies = (kv: KVNamespace): KVNamespace =>
  ({
    getWithMetadata: (key: string) => kv.getWithMetadata(`${key}:none`, 'arrayBuffer'),
  }) as unknown as KVNamespace
