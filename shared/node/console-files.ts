import { existsSync, readFileSync } from 'node:fs'
import { extname, join, normalize } from 'node:path'
import type { Context } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { problem } from './http.ts'

const DIST = new URL('../../hub/console/dist', import.meta.url).pathname

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** An asset of the built console; null when there is none by that name. */
export function consoleFile(c: Context, name: string): Response | null {
  const path = normalize(join(DIST, name))
  const type = TYPES[extname(path)]
  if (!path.startsWith(`${DIST}/`) || type === undefined || !existsSync(path)) return null
  // The bundler puts a hash into the names of assets, so a name never changes its content.
  const cache = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
  return c.body(readFileSync(path), 200, { 'content-type': type, 'cache-control': cache })
}

/** Sent with every page: it loads from where it came alone, is shown in no frame, and is never guessed at. */
export const pageHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
  },
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
})

/**
 * The console's page, for every address that a browser asks a page of; it finds out by itself what to show. `servedBy` tells it
 * whose API it talks to: `centre`, or `region:eu`.
 */
export function consolePage(c: Context, servedBy: string): Response {
  const { path } = c.req
  const isPage =
    path === '/' ||
    (!/^\/(v1|session|assets)(\/|$)/.test(path) && (c.req.header('accept') ?? '').includes('text/html'))
  if (!isPage) return problem(c, 'not-found')
  const index = join(DIST, 'index.html')
  if (!existsSync(index))
    return c.text('The console is not built: npm start does it, or npx vite build hub/console', 503)
  const html = readFileSync(index, 'utf8').replace('<html ', `<html data-served-by="${servedBy}" `)
  return c.body(html, 200, { 'content-type': TYPES['.html']!, 'cache-control': 'no-cache' })
}
