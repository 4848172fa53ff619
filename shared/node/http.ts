import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { type ServerType, serve } from '@hono/node-server'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import * as z from 'zod'
import { CORRELATION_HEADER, CORRELATION_ID } from '../contract/correlation.ts'
import { type Problem, PROBLEM_MEDIA_TYPE, type ProblemCode, problemOf } from '../contract/problem.ts'
import { newId } from './new-id.ts'
import { secretMatcher } from './secrets.ts'
import { Unavailable } from './unavailable.ts'

/** What every HTTP service on Node does alike: correlation ids, problem answers, keys, limits, start and stop. */
export const HttpConfig = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535),
})
export type HttpConfig = z.infer<typeof HttpConfig>

export type Variables = { correlationId: string }

export const correlation: MiddlewareHandler<{ Variables: Variables }> = async (c, next) => {
  const correlationId = correlationOf(c.req.header(CORRELATION_HEADER))
  c.set('correlationId', correlationId)
  c.header(CORRELATION_HEADER, correlationId)
  await next()
}

/** The correlation id of a request: the caller's, or a new one. */
export const correlationOf = (given: string | undefined): string =>
  given !== undefined && CORRELATION_ID.test(given) ? given : newId()

type ProblemFields = Omit<Partial<Problem>, 'type' | 'title' | 'status'>

export function problem(c: Context, code: ProblemCode, fields: ProblemFields = {}): Response {
  const correlationId = c.get('correlationId') as string | undefined
  const body = problemOf(code, {
    instance: c.req.path,
    ...(correlationId === undefined ? {} : { correlationId }),
    ...fields,
  })
  return c.body(JSON.stringify(body), body.status as 400, {
    'content-type': PROBLEM_MEDIA_TYPE,
    ...(correlationId === undefined ? {} : { [CORRELATION_HEADER]: correlationId }),
  })
}

/** Whether an Authorization header carries the key as its bearer token. */
export function bearerMatcher(key: string): (authorization: string | undefined) => boolean {
  const isKey = secretMatcher(key)
  return (authorization = '') => {
    const given = /^Bearer (\S{1,512})$/.exec(authorization)?.[1]
    return given !== undefined && isKey(given)
  }
}

/** A bearer key, compared in constant time. `open` paths (health, docs) need none. */
export function bearer(
  key: string,
  open: (path: string) => boolean = () => false,
): MiddlewareHandler<{ Variables: Variables }> {
  const isIn = bearerMatcher(key)
  return async (c, next) => {
    if (open(c.req.path)) return next()
    if (!isIn(c.req.header('authorization'))) {
      c.header('www-authenticate', 'Bearer')
      return problem(c, 'unauthenticated', {
        detail: 'Send the key of this service as Authorization: Bearer',
      })
    }
    return next()
  }
}

/** A body whose length is told is not looked at: Node reads no more than that. Only one of unknown length is counted. */
export function limitBody(bytesMax: number): MiddlewareHandler {
  const onError = (c: Context): Response => problem(c, 'too-large', { detail: `at most ${bytesMax} bytes` })
  const counted = bodyLimit({ maxSize: bytesMax, onError })
  return async (c, next) => {
    const length = c.req.header('content-length')
    if (length === undefined || c.req.header('transfer-encoding') !== undefined) return counted(c, next)
    return Number(length) > bytesMax ? onError(c) : next()
  }
}

/** Unknown routes, thrown problems and our own mistakes, all as problem+json and never with a stack. */
export function answerProblems<V extends Variables>(
  app: Hono<{ Variables: V }>,
  onFailure: (error: unknown) => void,
): void {
  app.notFound((c) => problem(c, 'not-found', { detail: `${c.req.method} ${c.req.path} is not offered` }))
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status < 500)
      return problem(c, error.status === 413 ? 'too-large' : 'malformed', { detail: error.message })
    onFailure(error)
    if (error instanceof Unavailable) c.header('retry-after', RETRY_AFTER_S)
    const { code, fields } = failureOf(error)
    return problem(c, code, fields)
  })
}

/** A problem before it is a response. */
export type Refusal = { readonly code: ProblemCode; readonly fields?: ProblemFields }

export const RETRY_AFTER_S = '1'

/** What a caller is told of something that went wrong here. */
export const failureOf = (error: unknown): Refusal =>
  error instanceof Unavailable
    ? { code: 'not-ready', fields: { detail: error.message } }
    : { code: 'internal' }

export type Listening = { readonly url: string; readonly close: () => Promise<void> }

/** Takes a request before it is made one of the Fetch API, or leaves it (false), untouched. */
export type ShortWay = (request: IncomingMessage, response: ServerResponse) => boolean

/** Resolves when the port is bound; rejects with one clear line when it is in use. */
export function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: HttpConfig,
  shortWay: ShortWay = () => false,
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const withShortWay = (options: ServerOptions, listener: RequestListener) =>
      createServer(options, (request, response) => {
        if (!shortWay(request, response)) void listener(request, response)
      })
    const server: ServerType = serve(
      { fetch, hostname: host, port, createServer: withShortWay as typeof createServer },
      (info) => resolve({ url: `http://${host}:${info.port}`, close: () => closeServer(server) }),
    )
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} on ${host} is in use`, { cause: error })
          : error,
      )
    })
  })
}

function closeServer(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
}
