import type { RegionTarget } from '../config.ts'
import type { MasterData } from '../world/master-data.ts'

const REQUEST_MS_MAX = 15_000

/** Puts the demo's master data and policies. Throws when the region isn't there, so that it is tried again. */
export async function seedRegion(target: RegionTarget, master: MasterData): Promise<void> {
  for (const plural of ['sources', 'nodes', 'items', 'mappings'] as const)
    await send(target, 'POST', `/v1/${plural}:batch`, master[plural])
  for (const [name, body] of Object.entries(master.policies)) {
    const [kind, scope] = name.split('/') as [string, string]
    await send(target, 'PUT', `/v1/policies/${kind}/${encodeURIComponent(scope)}`, body)
  }
}

async function send(target: RegionTarget, method: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${target.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${target.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_MS_MAX),
  })
  const answer = await response.text()
  if (!response.ok)
    throw new Error(`${method} ${path} in ${target.region}: ${response.status} ${answer.slice(0, 300)}`)
}
