import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { MiddlewareHandler } from 'hono'

const pack = promisify(gzip)
/** Less fits in two packets as it is. */
const PACKED_FROM_BYTES = 2_000
const QUICKLY = { level: 4 }

/**
 * Packs what a browser that signed in is told, off this thread. Programs get their answers as they are: they sit near, and wait
 * for each.
 */
export const packedAnswers: MiddlewareHandler = async (c, next) => {
  const takesIt = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(c.req.header('accept-encoding') ?? '')
  if (!takesIt || c.req.header('cookie') === undefined) return next()
  await next()
  const { res } = c
  const isJson = res.headers.get('content-type')?.startsWith('application/json') === true
  if (!isJson || res.headers.has('content-encoding')) return
  const bytes = new Uint8Array(await res.arrayBuffer())
  const headers = new Headers(res.headers)
  const told = bytes.length < PACKED_FROM_BYTES ? bytes : new Uint8Array(await pack(bytes, QUICKLY))
  if (told !== bytes) headers.set('content-encoding', 'gzip')
  headers.append('vary', 'accept-encoding')
  headers.delete('content-length')
  c.res = undefined
  c.res = new Response(told, { status: res.status, headers })
}
