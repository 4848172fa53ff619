import { createHash } from 'node:crypto'
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

/** The packed forms that the build has made, the smaller first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** An asset of the built console, packed for who takes it so; null when there is none by that name. */
export function consoleFile(c: Context, name: string): Response | null {
  const path = normalize(join(DIST, name))
  const type = TYPES[extname(path)]
  if (!path.startsWith(`${DIST}/`) || type === undefined || !existsSync(path)) return null
  // The bundler puts a hash into the names of assets, so a name never changes its content.
  const isHashed = name.startsWith('assets/')
  const takes = acceptedBy(c)
  const [encoding, suffix] = ENCODINGS.find(([it, end]) => takes(it) && existsSync(`${path}${end}`)) ?? [
    null,
    '',
  ]
  const bytes = readFileSync(`${path}${suffix}`)
  return answerWith(c, bytes, {
    'content-type': type,
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(encoding === null ? {} : { 'content-encoding': encoding }),
  })
}

/** Which encodings the caller takes, those left out that it takes with a weight of 0. */
function acceptedBy(c: Context): (encoding: string) => boolean {
  const accepted = new Set(
    (c.req.header('accept-encoding') ?? '')
      .split(',')
      .map((it) => it.trim().toLowerCase())
      .filter((it) => !/;\s*q=0(\.0*)?$/.test(it))
      .map((it) => it.split(';')[0]),
  )
  return (encoding) => accepted.has(encoding)
}

/** With an ETag of its very bytes; 304 for who has them. */
function answerWith(c: Context, bytes: Buffer<ArrayBuffer>, headers: Record<string, string>): Response {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
  const all = { ...headers, etag, vary: 'accept-encoding' }
  const known = (c.req.header('if-none-match') ?? '').split(',').map((it) => it.trim().replace(/^W\//, ''))
  if (known.includes(etag)) return c.body(null, 304, all)
  return c.body(bytes, 200, { ...all, 'content-length': String(bytes.length) })
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
  return answerWith(c, Buffer.from(html), { 'content-type': TYPES['.html']!, 'cache-control': 'no-cache' })
}
