import type { Edge, EdgeContext } from '../edge.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { homeRegion } from '../keys/places.ts'
import { answer } from '../middleware/answer.ts'
import { problem } from '../middleware/problem.ts'
import type { KeepAlive, RegionReader } from '../snapshots/region-reader.ts'
import type { Telling } from '../snapshots/told-figures.ts'
import { ageingOf, sayOf, timeOf, type Said } from './availability-answer.ts'
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
    const asker = reader.told.asker(read.ask)
    const telling = reader.told.tell(read.sku, asker)
    if (!telling || !isFreshEnough(telling, asked, edge.clock.now())) return readWaiting(edge, c, read, null)
    const { told } = telling
    if (!told) return unknownSku(c, read)
    const now = edge.clock.now()
    const ageing = ageingOf(reader, told.tier, telling, now)
    if (isWithSubstitutes(told, ageing.silentForMs, asked.substitutes === true))
      return readWaiting(edge, c, read, null)
    return answered(c, read, telling, sayOf(told, ageing, asker))
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
  if (isFreshEnough(telling, read.asked, edge.clock.now())) return answeredWhole(edge, c, read, telling)
  return problem(c, 'not-fresh-enough', { version: telling.moment.version, asOf: timeOf(telling).text })
}

async function loadAndTell(c: EdgeContext, { reader, sku, ask }: Read): Promise<Telling | null> {
  if (!reader.copy.head) return null
  const missing = reader.copy.missingShardOf(sku)
  if (missing >= 0) await reader.load([missing], keepAliveOf(c))
  return reader.told.tell(sku, reader.told.asker(ask))
}

/** With the substitutes, where some are to be listed. */
async function answeredWhole(edge: Edge, c: EdgeContext, read: Read, telling: Telling): Promise<Response> {
  const { reader, asked, ask } = read
  const { told } = telling
  if (!told) return unknownSku(c, read)
  const { silentForMs } = ageingOf(reader, told.tier, telling, edge.clock.now())
  const isListed = isWithSubstitutes(told, silentForMs, asked.substitutes === true)
  const missing = isListed ? missingForSubstitutes(reader, told) : []
  if (missing.length > 0) await reader.load(missing, keepAliveOf(c))
  const asker = reader.told.asker(ask)
  const substitutes = isListed ? substitutesJson(reader, told, asker, silentForMs) : ''
  const ageing = ageingOf(reader, told.tier, telling, edge.clock.now())
  return answered(c, read, telling, sayOf(told, ageing, asker, substitutes))
}

function isFreshEnough(telling: Telling, asked: ReadParameters, now: number): boolean {
  if (asked.minVersion !== undefined && telling.moment.version < asked.minVersion) return false
  return asked.maxAge === undefined || now - timeOf(telling).at <= asked.maxAge
}

const unknownSku = (c: EdgeContext, { reader, sku }: Read): Response =>
  problem(c, 'unknown-sku', { detail: `${reader.region} does not know ${sku}` })

function answered(c: EdgeContext, { reader }: Read, telling: Telling, said: Said): Response {
  // The figure and its standing at a moment of the region: what else changes in the body is how old that is.
  const basis = `${reader.copy.head!.epoch}.${telling.moment.version}`
  const etag = `W/"${basis}.${said.figure}.${said.freshness[0]}"`
  const headers = {
    'Content-Type': 'application/json',
    ETag: etag,
    'Cache-Control': `private, max-age=${Math.floor(said.freshLeftMs / 1000)}`,
    Vary: 'Authorization',
  }
  const known = c.req.raw.headers.get('If-None-Match')
  if (known !== null && names(known, etag)) return answer(c, 304, null, headers)
  return answer(c, 200, said.json, headers)
}

/** Weak comparison (RFC 9110, 8.8.3.2), so a cache that strengthened our tag is understood. */
function names(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch.trim() === '*') return true
  const opaque = etag.slice(2)
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === opaque)
}
