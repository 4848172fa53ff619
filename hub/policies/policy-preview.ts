import {
  type RegionPreview,
  RegionPreview as Preview,
  type TryPolicy,
} from '../../shared/contract/governed-policy-api.ts'
import { PolicyPreview } from '../../shared/contract/policy-bundle.ts'
import { FieldError } from '../../shared/contract/problem.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import { may, type Person } from '../access/role.ts'
import { checkPolicy } from './policy-check.ts'
import type { PolicyRefusal } from './policy-desk.ts'

/** Twenty thousand skus take a region a few seconds beside its other work. */
export const PREVIEW_WITHIN_MS = 20_000

type AskRegion = (
  region: string,
  json: unknown,
) => Promise<{ readonly status: number; readonly body: Record<string, unknown> }>

/** What a rule would change, asked of each region that it is for: they have the ledgers. */
export class PolicyPreviews {
  readonly #regions: readonly string[]
  readonly #ask: AskRegion

  constructor(regions: readonly string[], ask: AskRegion) {
    this.#regions = regions
    this.#ask = ask
  }

  /** A region that can't be asked says so in its place. */
  async of(asked: TryPolicy, person: Person): Promise<Result<RegionPreview[], PolicyRefusal>> {
    const checked = checkPolicy(asked, { author: person.id, reason: 'to be tried' })
    if (!checked.ok) return err({ code: 'invalid', errors: checked.error })
    const { classes, skusMax, region: target } = asked
    const json = {
      policies: [checked.value],
      ...(classes === undefined ? {} : { classes }),
      ...(skusMax === undefined ? {} : { skusMax }),
    }
    const regions = (target === '*' ? this.#regions : [target]).filter((it) => may(person, 'viewer', it))
    return ok(await Promise.all(regions.map((region) => this.#ofRegion(region, json))))
  }

  async #ofRegion(region: string, json: unknown): Promise<RegionPreview> {
    try {
      const { status, body } = await this.#ask(region, json)
      if (status === 200)
        return Preview.parse({ region, preview: PolicyPreview.parse(body), detail: null, errors: [] })
      const errors = FieldError.array().safeParse(body['errors']).data ?? []
      const detail = String(body['detail'] ?? body['title'] ?? `it answered ${status}`)
      return Preview.parse({ region, preview: null, detail, errors })
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      return Preview.parse({ region, preview: null, detail, errors: [] })
    }
  }
}
