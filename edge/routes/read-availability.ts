import type { Edge, EdgeContext } from '../edge.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { homeRegion } from '../keys/places.ts'
import { answer } from '../middleware/answer.ts'
import { problem } from '../middleware/problem.ts'
import type { KeepAlive, RegionReader } from '../snapshots/region-reader.ts'
import type { Telling } from '../snapshots/told-figures.ts'
import { ageingOf, timeOf } from './availability-answer.ts'
import {
  parseReadParameters,
  refused,
  regionFor,
  segmentRefusal,
  type ReadParameters,
} from './availability-ask.ts'
import { isWithSubstitutes, missingForSubstitutes, substitutesJson } from './substitutes.ts'

/** GET /v1/availability/{sku}: one figure; without a wait when the isolate holds it, as it nearly always does. */
export function readAvailability(edge: Edge) {
  return (c: EdgeContext, key: ChannelKey): Response | Promise<Response> => {
    const parameters = parseReadParameters(c.req.raw.url)
    if (!parameters.ok) return refused(c, parameters.error)
    const asked = parameters.value
    const region = regionFor(edge, key, asked.region ?? homeRegion(edge.places, key, c.req.raw))
    if (!region.ok) return refused(c, region.error)
    const outside = segmentRefusal(key, asked.segment)
    if (outside) return refused(c, outside)

    const reader = region.value
    const read: Read = {
      reader,
      asked,
      sku: c.req.param('sku')!,
      ask: { channel: key.channel, segment: asked.segment, node: asked.node },
    }
    const waiting = reader.freshen(keepAliveOf(c))
    if (waiting || !isInMemory(read)) return readWaiting(edge, c, read, waiting)
    const telling = reader.told.tell(read.sku, reader.told.asker(read.ask))
    if (!telling || !isFreshEnough(telling, asked, edge.clock.now())) return readWaiting(edge, c, read, null)
    if (telling.told && isWithSubstitutes(telling.told, asked.substitutes === true))
      return readWaiting(edge, c, read, null)
    return answered(c, read, telling, edge.clock.now())
  }
}

type Read = {
  readonly reader: RegionReader
  readonly asked: ReadParameters
  readonly sku: string
  readonly ask: { channel: string; segment: string | undefined; node: string | undefined }
}

const keepAliveOf =
  (c: EdgeContext): KeepAlive =>
  (work) =>
    c.executionCtx.waitUntil(work)

const isInMemory = ({ reader, sku }: Read): boolean =>
  reader.copy.head !== null && reader.copy.missingShardOf(sku) < 0

/** The same with waits: for the head, for the shard, and for news when the caller wants it fresher than it is here. */
async function readWaiting(
  edge: Edge,
  c: EdgeContext,
  read: Read,
  waiting: Promise<void> | null,
): Promise<Response> {
  if (waiting) await waiting
  let telling = await loadAndTell(c, read)
  if (telling && !isFreshEnough(telling, read.asked, edge.clock.now())) {
    await read.reader.freshenNow(keepAliveOf(c))
    telling = await loadAndTell(c, read)
  }
  if (!telling)
    return problem(c, 'not-ready', { detail: `no copy of ${read.reader.region} can be had right now` })
  const substitutes = await substitutesOf(c, read, telling)
  const now = edge.clock.now()
  if (isFreshEnough(telling, read.asked, now)) return answered(c, read, telling, now, substitutes)
  return problem(c, 'not-fresh-enough', { version: telling.moment.version, asOf: timeOf(telling).text })
}

async function loadAndTell(c: EdgeContext, { reader, sku, ask }: Read): Promise<Telling | null> {
  if (!reader.copy.head) return null
  const missing = reader.copy.missingShardOf(sku)
  if (missing >= 0) await reader.load([missing], keepAliveOf(c))
  return reader.told.tell(sku, reader.told.asker(ask))
}

/** As JSON behind what is told; nothing where none are to be listed. */
async function substitutesOf(
  c: EdgeContext,
  { reader, asked, ask }: Read,
  { told }: Telling,
): Promise<string> {
  if (!told || !isWithSubstitutes(told, asked.substitutes === true)) return ''
  const missing = missingForSubstitutes(reader, told)
  if (missing.length > 0) await reader.load(missing, keepAliveOf(c))
  return substitutesJson(reader, told, reader.told.asker(ask))
}

function isFreshEnough(telling: Telling, asked: ReadParameters, now: number): boolean {
  if (asked.minVersion !== undefined && telling.moment.version < asked.minVersion) return false
  return asked.maxAge === undefined || now - timeOf(telling).at <= asked.maxAge
}

function answered(
  c: EdgeContext,
  { reader, sku }: Read,
  telling: Telling,
  now: number,
  substitutes = '',
): Response {
  const { told } = telling
  if (!told) return problem(c, 'unknown-sku', { detail: `${reader.region} does not know ${sku}` })
  const ageing = ageingOf(reader, told.tier, telling, now)
  // The figure and its standing at a moment of the region: what else changes in the body is how old that is.
  const basis = `${reader.copy.head!.epoch}.${telling.moment.version}`
  const etag = `W/"${basis}.${told.figure}.${ageing.freshness[0]}"`
  const headers = {
    'Content-Type': 'application/json',
    ETag: etag,
    'Cache-Control': `private, max-age=${Math.floor(ageing.freshLeftMs / 1000)}`,
    Vary: 'Authorization',
  }
  const known = c.req.raw.headers.get('If-None-Match')
  if (known !== null && names(known, etag)) return answer(c, 304, null, headers)
  return answer(c, 200, told.json + substitutes + ageing.json, headers)
}

/** Weak comparison (RFC 9110, 8.8.3.2), so a cache that strengthened our tag is understood. */
function names(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch.trim() === '*') return true
  const opaque = etag.slice(2)
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === opaque)
}
