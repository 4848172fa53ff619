import type { Hono } from 'hono'
import { createApp } from './app.ts'
import { edgeOf } from './edge-of.ts'
import type { EdgeVariables } from './edge.ts'
import type { Env } from './settings.ts'

/** One app an isolate: what it holds of the regions is the fastest store there is. */
let app: Hono<EdgeVariables> | null = null

export default {
  fetch: (request, env, context) => (app ??= createApp(edgeOf(env))).fetch(request, env, context),
} satisfies ExportedHandler<Env>
