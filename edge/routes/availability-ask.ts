import { NodeId } from '../../shared/domain/ids.ts'
import type { FieldError, ProblemCode } from '../../shared/contract/problem.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { Edge, EdgeContext } from '../edge.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { problem } from '../middleware/problem.ts'
import type { RegionReader } from '../snapshots/region-reader.ts'

export type AskRefusal = {
  readonly code: ProblemCode
  readonly detail?: string
  readonly errors?: readonly FieldError[]
}

/** What a single read asks for, as it stands in the query string. */
export type ReadParameters = {
  region?: string
  segment?: string
  node?: string
  minVersion?: number
  /** Milliseconds, as `age` in the answer. */
  maxAge?: number
  /** List substitutes even where there is stock. */
  substitutes?: boolean
}

const NO_PARAMETERS: ReadParameters = {}

/** The query string, strictly: an unknown or repeated parameter is refused by its name. */
export function parseReadParameters(url: string): Result<ReadParameters, AskRefusal> {
  const mark = url.indexOf('?')
  if (mark < 0) return ok(NO_PARAMETERS)
  const parameters: ReadParameters = {}
  for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) {
    const fault = take(parameters, name, value)
    if (fault) return err({ code: 'malformed', errors: [{ path: name.slice(0, 64), message: fault }] })
  }
  return ok(parameters)
}

function take(into: ReadParameters, name: string, value: string): string | null {
  switch (name) {
    case 'region':
    case 'segment':
    case 'node':
      if (into[name] !== undefined) return 'given twice'
      if (name === 'node' && !NodeId.safeParse(value).success) return 'not a node'
      into[name] = value
      return null
    case 'minVersion':
    case 'maxAge':
      if (into[name] !== undefined) return 'given twice'
      if (!/^\d{1,15}$/.test(value)) return 'not a whole number'
      into[name] = Number(value)
      return null
    case 'substitutes':
      if (into.substitutes !== undefined) return 'given twice'
      if (value !== 'true' && value !== 'false') return 'neither true nor false'
      into.substitutes = value === 'true'
      return null
    default:
      return 'unknown parameter'
  }
}

/** The region, when this key may see it. */
export function regionFor(
  edge: Pick<Edge, 'regions'>,
  key: ChannelKey,
  region: string,
): Result<RegionReader, AskRefusal> {
  const reader = edge.regions.get(region)
  if (!reader) return err({ code: 'unknown-region', detail: `there is no region ${region}` })
  if (!key.regions.some((allowed) => allowed === region))
    return err({ code: 'forbidden', detail: `this key does not see region ${region}` })
  return ok(reader)
}

/** A channel sees its own figures: of its segments only those that the key lists. */
export function segmentRefusal(key: ChannelKey, segment: string | undefined): AskRefusal | null {
  if (segment === undefined || key.segments?.some((allowed) => allowed === segment)) return null
  return { code: 'forbidden', detail: `this key does not see segment ${segment}` }
}

export function refused(c: EdgeContext, { code, detail, errors }: AskRefusal): Response {
  return problem(c, code, { ...(detail ? { detail } : {}), ...(errors ? { errors: [...errors] } : {}) })
}
