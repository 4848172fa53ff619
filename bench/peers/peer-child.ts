import { listen } from '../../shared/node/http.ts'
import { type Hold, holdApp } from './hold.ts'
import { postgresEach, postgresGrouped } from './postgres.ts'
import { redisAlways } from './redis.ts'
import { sqliteGrouped } from './sqlite.ts'

/** One peer in a process of its own, as our hub is: `bare`, `sqlite`, `postgres`, `postgres-grouped` or `redis`. */
const [peer, where, skusJson, quantity] = process.argv.slice(2) as [string, string, string, string]

const PEERS: Readonly<Record<string, () => Hold | Promise<Hold>>> = {
  bare: () => async () => true,
  sqlite: () => sqliteGrouped(where, JSON.parse(skusJson) as string[], Number(quantity)),
  postgres: () => postgresEach(where),
  'postgres-grouped': () => postgresGrouped(where),
  redis: () => redisAlways(where),
}
const { url } = await listen(holdApp(await PEERS[peer]!()).fetch, { host: '127.0.0.1', port: 0 })
process.stdout.write(`listening on ${url}\n`)
