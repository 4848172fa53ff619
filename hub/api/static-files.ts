import { existsSync, readFileSync } from 'node:fs'
import { extname, join, normalize } from 'node:path'
import type { Context } from 'hono'

const DIST = new URL('../console/dist', import.meta.url).pathname

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** A file of the built console; null when there is none by that name. */
export function consoleFile(c: Context, name: string): Response | null {
  const path = normalize(join(DIST, name))
  const type = TYPES[extname(path)]
  if (!path.startsWith(`${DIST}/`) || type === undefined || !existsSync(path)) return null
  // The bundler puts a hash into the names of assets, so a name never changes its content.
  const cache = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
  return c.body(readFileSync(path), 200, { 'content-type': type, 'cache-control': cache })
}
