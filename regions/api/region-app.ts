import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Variables } from '../../shared/node/http.ts'

/** What every route of the region API is added to. */
export type RegionApp = OpenAPIHono<{ Variables: Variables }>
