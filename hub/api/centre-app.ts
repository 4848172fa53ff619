import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Variables } from '../../shared/node/http.ts'
import type { Person } from '../access/role.ts'

/** Known of every request under `/v1`. */
export type CentreVariables = Variables & {
  /** Who asks (`hub/access/role.ts`): `may(person, role, region)` tells what it may. */
  person: Person
  /** For answers that go on and on: whether who asked may still hear them. */
  isStillIn: () => Promise<boolean>
}

/** What every route of the centre is added to. */
export type CentreApp = OpenAPIHono<{ Variables: CentreVariables }>
