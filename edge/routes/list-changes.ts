import { NodeId } from '../../shared/domain/ids.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { Edge, EdgeContext } from '../edge.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { homeRegion } from '../keys/places.ts'
import { answerJson } from '../middleware/answer.ts'
import { problem } from '../middleware/problem.ts'
import { cursorText, parseCursor, type Cursor } from '../snapshots/change-cursor.ts'
import { fromTheStart, readOn } from '../snapshots/read-on.ts'
import type { KeepAlive } from '../snapshots/region-reader.ts'
import { refused, regionFor, segmentRefusal, type AskRefusal } from './availability-ask.ts'
import { bringIn, tellSkus } from './tell-skus.ts'

const PARAMETERS = ['region', 'segment', 'node', 'since'] as const
type Parameters = { readonly [name in (typeof PARAMETERS)[number]]?: string }

/**
 * GET /v1/changes?region=&since=: the skus that changed since a cursor, each once and as it is now. Without a cursor it begins with
 * every sku. What can't be told as of now isn't told: the same cursor asks again.
 */
export function listChanges(edge: Edge): (c: EdgeContext, key: ChannelKey) => Promise<Response> {
  return async (c, key) => {
    const asked = parametersOf(c)
    if (!asked.ok) return refused(c, asked.error)
    const { segment, node, since } = asked.value
    const cursor = since === undefined ? null : parseCursor(since)
    if (since !== undefined && !cursor) return refused(c, malformed('since', 'not a cursor of ours'))
    if (cursor && asked.value.region !== undefined && asked.value.region !== cursor.region)
      return refused(c, malformed('since', `a cursor of ${cursor.region}`))
    const region = regionFor(
      edge,
      key,
      cursor?.region ?? asked.value.region ?? homeRegion(edge.places, key, c.req.raw),
    )
    if (!region.ok) return refused(c, region.error)
    const outside = segmentRefusal(key, segment)
    if (outside) return refused(c, outside)

    const reader = region.value
    const keepAlive: KeepAlive = (work) => c.executionCtx.waitUntil(work)
    await reader.freshen(keepAlive)
    if (!reader.copy.head || reader.isStoreFailing) return notReady(c, reader.region)
    try {
      const page = await readOn(reader, cursor ?? fromTheStart(reader), keepAlive)
      if (page === 'too-old') return tooOld(c, fromTheStart(reader))
      const ask = { channel: key.channel, segment, node, substitutes: false }
      await bringIn([reader], page.skus, ask, keepAlive)
      const told = await tellSkus(edge, [reader], page.skus, ask, keepAlive)
      if (told.isBehind) return notReady(c, reader.region)
      const end = `"cursor":"${cursorText(page.next)}","more":${page.more}`
      return answerJson(c, `{"region":"${reader.region}","changes":[${told.json}],${end}}`)
    } catch (error) {
      edge.log('changes-not-read', { region: reader.region, error })
      return notReady(c, reader.region)
    }
  }
}

const notReady = (c: EdgeContext, region: string): Response =>
  problem(c, 'not-ready', { detail: `the changes of ${region} can not be read right now; ask again` })

const tooOld = (c: EdgeContext, restart: Cursor): Response =>
  problem(c, 'cursor-too-old', {
    detail: 'go on from `restart`: it begins with every sku',
    restart: cursorText(restart),
  })

function parametersOf(c: EdgeContext): Result<Parameters, AskRefusal> {
  const asked = c.req.queries()
  for (const [name, values] of Object.entries(asked)) {
    if (!PARAMETERS.some((known) => known === name)) return err(malformed(name, 'unknown parameter'))
    if (values.length > 1) return err(malformed(name, 'given twice'))
  }
  const [node] = asked['node'] ?? []
  if (node !== undefined && !NodeId.safeParse(node).success) return err(malformed('node', 'not a node'))
  return ok(Object.fromEntries(Object.entries(asked).map(([name, [value]]) => [name, value!])))
}

const malformed = (path: string, message: string): AskRefusal => ({
  code: 'malformed',
  errors: [{ path: path.slice(0, 64), message }],
})
