import * as z from 'zod'
import type { Random } from '../../../shared/kernel/random.ts'
import type { TrafficConfig } from '../config.ts'
import type { CatalogueItem } from '../world/catalogue.ts'
import { oneOf } from '../world/scene.ts'

const READ_MS_MAX = 2_000
const UNDER_WAY_MAX = 20

const Answer = z.object({ freshness: z.enum(['fresh', 'stale', 'degraded']) })

/** A shop that asks the edge what it may sell, and counts the answers by how fresh they call themselves. */
export class Storefront {
  readonly #config: TrafficConfig
  readonly #catalogue: readonly CatalogueItem[]
  readonly #chance: Random
  #counts: Record<string, number> = {}
  #underWay = 0

  constructor(config: TrafficConfig, catalogue: readonly CatalogueItem[], chance: Random) {
    this.#config = config
    this.#catalogue = catalogue
    this.#chance = chance
  }

  async read(): Promise<void> {
    if (this.#underWay >= UNDER_WAY_MAX) return
    this.#underWay += 1
    const what = await this.#ask().catch(() => 'unreachable')
    this.#counts[what] = (this.#counts[what] ?? 0) + 1
    this.#underWay -= 1
  }

  /** The counts since the last call. */
  takeCounts(): Readonly<Record<string, number>> {
    const counts = this.#counts
    this.#counts = {}
    return counts
  }

  async #ask(): Promise<string> {
    const { edge, regions } = this.#config
    const [, key] = oneOf(this.#chance, Object.entries(edge.keys))
    const { region } = oneOf(this.#chance, regions)
    const { sku } = oneOf(this.#chance, this.#catalogue)
    const response = await fetch(`${edge.url}/v1/availability/${encodeURIComponent(sku)}?region=${region}`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(READ_MS_MAX),
    })
    const body: unknown = await response.json()
    return response.ok ? Answer.parse(body).freshness : `refused ${response.status}`
  }
}
