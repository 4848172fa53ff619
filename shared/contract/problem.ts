import * as z from 'zod'

/** Every problem this product answers with: its stable URI path is `/problems/<code>`. RFC 9457. */
const PROBLEMS = {
  malformed: [400, 'The request could not be understood'],
  unauthenticated: [401, 'A valid key is needed'],
  forbidden: [403, 'This key may not do that'],
  'governed-by-centre': [403, 'The centre decides this'],
  'not-found': [404, 'There is nothing here'],
  'unknown-sku': [404, 'No such sku'],
  'unknown-node': [404, 'No such node'],
  'unknown-source': [404, 'No such source'],
  'unknown-region': [404, 'No such region'],
  'method-not-allowed': [405, 'This method is not offered here'],
  'beyond-retention': [410, 'That moment is before what is kept'],
  'version-gap': [409, 'The push does not follow on what is here'],
  'version-conflict': [409, 'Another version is the next one'],
  'insufficient-availability': [409, 'There is not enough to promise'],
  'different-order': [409, 'The order was taken with another content'],
  'already-reserved': [409, 'The order holds something else already'],
  'same-person': [409, 'A second person is needed'],
  'wrong-state': [409, 'The present state does not allow this'],
  'cursor-too-old': [410, 'What changed since then is not kept'],
  'too-large': [413, 'The body is larger than allowed'],
  'unsupported-media-type': [415, 'This content type is not understood'],
  'idempotency-key-reused': [422, 'The idempotency key was used for another request'],
  'state-not-correctable': [422, 'This state can not be corrected'],
  'delta-not-correctable': [422, 'By this nothing is corrected'],
  invalid: [422, 'The content is not valid'],
  'too-many-requests': [429, 'Too many requests'],
  internal: [500, 'The service failed'],
  'not-the-writer': [503, 'Another process of this region decides'],
  'not-ready': [503, 'Not ready yet'],
  'not-fresh-enough': [503, 'No copy is as fresh as asked for'],
  'region-unavailable': [503, 'The region can not be reached'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ProblemCode = keyof typeof PROBLEMS

/** `code` where the fault has a name of its own. */
export const FieldError = z.object({ path: z.string(), message: z.string(), code: z.string().optional() })
export type FieldError = z.infer<typeof FieldError>

export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  correlationId: z.string().optional(),
  errors: z.array(FieldError).optional(),
})
export type Problem = z.infer<typeof Problem>

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

export function problemOf(
  code: ProblemCode,
  fields: Omit<Partial<Problem>, 'type' | 'title' | 'status'> = {},
): Problem {
  const [status, title] = PROBLEMS[code]
  return { type: `/problems/${code}`, title, status, ...fields }
}

/** A hostile body may break a hundred thousand rules; a reader needs the first few. */
const FIELD_ERRORS_MAX = 20

type Issue = {
  readonly path: PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
  /** Of a union: the issues of each of its branches. */
  readonly errors?: readonly (readonly Issue[])[]
}

/** zod's issues as `errors:[{path,message}]`, capped. A field that is not ours is named by its own path. */
export function fieldErrors(error: { readonly issues: readonly object[] }): FieldError[] {
  return (error.issues as readonly Issue[])
    .flatMap(branchesOpened)
    .slice(0, FIELD_ERRORS_MAX)
    .map(({ path, message, keys }) => ({
      path: [...path, ...(keys?.slice(0, 1) ?? [])].map(String).join('.'),
      message,
    }))
}

/** "Invalid input" helps nobody: of a union, what keeps the content from the branch that it is nearest to. */
function branchesOpened(issue: Issue): readonly Issue[] {
  const [first, ...others] = issue.errors ?? []
  if (first === undefined) return [issue]
  const nearest = others.reduce((best, it) => (it.length < best.length ? it : best), first)
  return nearest.flatMap(branchesOpened).map((it) => ({ ...it, path: [...issue.path, ...it.path] }))
}
