import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Variables } from '../../shared/node/http.ts'

/** What every route of the centre is added to. */
export type CentreApp = OpenAPIHono<{ Variables: Variables }>
