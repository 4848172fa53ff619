import { readFileSync } from 'node:fs'
import { Scalar } from '@scalar/hono-api-reference'
import { regionAsyncApi } from '../../shared/contract/async-api.ts'
import type { RegionApp } from './region-app.ts'

const INFO = {
  title: 'Plimsoll region API',
  version: '1.0.0',
  description: 'One region’s hub: facts in, positions and availability out.',
}

/** The documents that are made from the schemas the code validates with, and a page to read them. */
export function addDocs(app: RegionApp): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' })
  app.get('/openapi.json', (c) =>
    c.json(app.getOpenAPI31Document({ openapi: '3.1.0', info: INFO, security: [{ key: [] }] })),
  )
  app.get('/asyncapi.json', (c) => c.json(regionAsyncApi()))
  app.get('/docs', Scalar({ url: '/openapi.json', cdn: '/docs/scalar.js' }))
  app.get('/docs/scalar.js', (c) =>
    c.body(readFileSync(scalarScript), 200, { 'content-type': 'text/javascript' }),
  )
}

/** Served by us: a region may stand where no public network is. */
const scalarScript = new URL(
  '../../node_modules/@scalar/api-reference/dist/browser/standalone.js',
  import.meta.url,
)
