import { parseBoundedJson } from '../../../shared/kernel/bounded-json.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Codes, Connector, Message, Refusal, Translation } from '../connector.ts'
import { decodeText } from '../decode-text.ts'
import { malformed } from '../refusals.ts'
import { type Draft, emptyDraft, finish, refusedWhole, take, takeAll } from '../translation.ts'
import { eventsIn, isFields, readEvents, typeOf } from './document.ts'
import { contentDigest, EPCIS_TYPES, EpcisEvent, eventInstant, eventName } from './epcis-event.ts'
import { type Happening, nothing, refused } from './happening.ts'
import { stockEffects } from './stock-effects.ts'
import { transformation } from './transformation.ts'
import { voided } from './void.ts'

/** GS1 EPCIS 2.0 in JSON-LD. Of the source's profile it reads channel, which the order numbers belong to. */
export const epcisConnector: Connector = { name: 'epcis', recognises, translate }

function recognises(message: Message): boolean {
  const { text } = decodeText(message.body)
  if (
    !/^\s*[[{]/.test(text) ||
    !/"epcisBody"|"[a-z:/.0-9]*(Object|Aggregation|Transaction|Transformation|Association)Event"/i.test(text)
  ) {
    return false
  }
  const json = parseBoundedJson(text)
  return json.ok && eventsIn(json.value) !== null
}

function translate(message: Message, codes: Codes): Translation {
  const raw = readEvents(message.body)
  if (!raw.ok) return refusedWhole(raw.error)
  const draft = emptyDraft()
  for (const [index, it] of raw.value.entries()) {
    takeAll(draft, translateOne(it, `event ${index}`, message, codes))
  }
  return finish(draft)
}

function translateOne(raw: unknown, spot: string, message: Message, codes: Codes): Draft {
  if (!isFields(raw)) return refused([malformed('not-an-event', `${spot}: an EPCIS event is a JSON object`)])
  const present = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null))
  const event = parseEvent({ ...present, type: typeOf(raw) }, spot)
  if (!event.ok) return refused([event.error])
  const where = event.value.eventID === undefined ? spot : `${spot} (${event.value.eventID.slice(0, 96)})`
  const at = eventInstant(event.value)
  if (at === null) {
    return refused([
      malformed('no-event-time', `${where}: eventTime ${event.value.eventTime} is no time with an offset`),
    ])
  }
  const digest = contentDigest(event.value)
  const name = eventName(event.value, digest)
  const outcome = outcomeOf({ event: event.value, codes, source: message.source, at, name, where })
  return event.value.errorDeclaration === undefined ? outcome : turnedRound(outcome, name, digest, where)
}

function parseEvent(candidate: unknown, where: string): Result<EpcisEvent, Refusal> {
  const parsed = EpcisEvent.safeParse(candidate)
  if (parsed.success) return ok(parsed.data)
  const shown = parsed.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'event'} ${issue.message}`)
  return err(
    malformed(
      'invalid-epcis-event',
      `${where}: ${shown.join('; ')}; event types are ${EPCIS_TYPES.join(', ')}`,
    ),
  )
}

function outcomeOf(happening: Happening): Draft {
  switch (happening.event.type) {
    case 'ObjectEvent':
    case 'TransactionEvent':
      return stockEffects(happening)
    case 'TransformationEvent':
      return transformation(happening)
    default:
      return nothing(
        `${happening.where}: ${happening.event.type} packs or fits together, it leaves stock as it is`,
      )
  }
}

function turnedRound(outcome: Draft, name: string, digest: string, where: string): Draft {
  const turned: Draft = { events: [], refusals: [...outcome.refusals], warnings: [...outcome.warnings] }
  for (const event of outcome.events) {
    const made = voided(event, `${digest}${event.id.slice(name.length)}`, where)
    take(turned, made)
    if (event.type === 'plimsoll.stock.shipped' && event.data.orderRef !== undefined) {
      turned.warnings.push(
        `${where}: the demand of ${event.data.orderRef} stays fulfilled; change the order if it is still open`,
      )
    }
  }
  return turned
}
