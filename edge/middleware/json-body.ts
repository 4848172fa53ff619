import type { ProblemCode } from '../../shared/contract/problem.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import { readBody } from './body-limit.ts'

type BodyRefusal = { readonly code: ProblemCode; readonly detail: string }

/** The body as JSON. What it says is checked by a schema of a flat shape: a nested value is refused where it stands. */
export async function readJson(request: Request, bytesMax: number): Promise<Result<unknown, BodyRefusal>> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get('Content-Type') ?? ''))
    return err({ code: 'unsupported-media-type', detail: 'send application/json' })
  const body = await readBody(request, bytesMax)
  if (!body) return err({ code: 'too-large', detail: `this takes ${bytesMax} bytes at most` })
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body)))
  } catch {
    return err({ code: 'malformed', detail: 'the body is not JSON in UTF-8' })
  }
}
