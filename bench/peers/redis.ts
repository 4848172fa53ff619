import { createClient } from '@redis/client'
import type { Hold } from './hold.ts'

/** Takes from the sku and keeps the reservation for its quarter of an hour, or does neither. */
const SCRIPT = `
  local quantity = tonumber(ARGV[1])
  if tonumber(redis.call('GET', KEYS[1]) or '0') < quantity then return 0 end
  redis.call('DECRBY', KEYS[1], quantity)
  redis.call('SET', KEYS[2], ARGV[2], 'EX', 900)
  return 1`

export async function fillRedis(url: string, skus: readonly string[], quantity: number): Promise<void> {
  const client = createClient({ url })
  await client.connect()
  await Promise.all(skus.map((sku) => client.set(`stock:${sku}`, quantity)))
  await client.close()
}

/** With appendfsync always the server syncs once for all that one turn of its loop answers; the client pipelines what is asked in one turn of ours. */
export async function redisAlways(url: string): Promise<Hold> {
  const client = createClient({ url })
  await client.connect()
  const sha = await client.scriptLoad(SCRIPT)
  return async (id, sku, quantity) =>
    (await client.evalSha(sha, {
      keys: [`stock:${sku}`, `reservation:${id}`],
      arguments: [String(quantity), `${sku} ${quantity}`],
    })) === 1
}
