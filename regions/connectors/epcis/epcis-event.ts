import * as z from 'zod'
import { type Instant, parseInstant } from '../../../shared/kernel/clock.ts'
import { digestBytes } from '../../../shared/kernel/hash64.ts'

/** An EPCIS 2.0 event in JSON, as far as stock is concerned. Senders write one thing where a list is meant; so may they. */

const Id = z.string().min(1).max(2048)
/** A pallet event may list every piece; a message of 100,000 is a mistake. */
const PIECES_MAX = 100_000
/** Papers and parties of one event. */
const PAPERS_MAX = 1000

const listOf = <T extends z.ZodType>(item: T, entriesMax = PIECES_MAX) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? (value ?? []) : [value]),
    z.array(item).max(entriesMax),
  )

const Place = z
  .preprocess((value) => (typeof value === 'string' ? { id: value } : value), z.looseObject({ id: Id }))
  .optional()
const QuantityElement = z.looseObject({
  epcClass: Id,
  quantity: z.unknown().optional(),
  uom: z.string().min(1).max(16).optional(),
})
export type QuantityElement = z.infer<typeof QuantityElement>

export const EPCIS_TYPES = [
  'ObjectEvent',
  'AggregationEvent',
  'TransactionEvent',
  'TransformationEvent',
  'AssociationEvent',
] as const

export const EpcisEvent = z.looseObject({
  type: z.enum(EPCIS_TYPES),
  eventID: Id.optional(),
  eventTime: z.string().max(64),
  eventTimeZoneOffset: z.string().max(8).optional(),
  action: z.enum(['OBSERVE', 'ADD', 'DELETE']).optional(),
  bizStep: Id.optional(),
  disposition: Id.optional(),
  readPoint: Place,
  bizLocation: Place,
  epcList: listOf(Id),
  quantityList: listOf(QuantityElement),
  inputEPCList: listOf(Id),
  inputQuantityList: listOf(QuantityElement),
  outputEPCList: listOf(Id),
  outputQuantityList: listOf(QuantityElement),
  bizTransactionList: listOf(z.looseObject({ type: Id.optional(), bizTransaction: Id }), PAPERS_MAX),
  sourceList: listOf(z.looseObject({ type: Id, source: Id }), PAPERS_MAX),
  destinationList: listOf(z.looseObject({ type: Id, destination: Id }), PAPERS_MAX),
  errorDeclaration: z.looseObject({}).optional(),
})
export type EpcisEvent = z.infer<typeof EpcisEvent>

/** eventTime has an offset by the standard; where it was left out, eventTimeZoneOffset serves. */
export function eventInstant({ eventTime, eventTimeZoneOffset }: EpcisEvent): Instant | null {
  return parseInstant(eventTime) ?? parseInstant(`${eventTime}${eventTimeZoneOffset ?? ''}`)
}

/** The parts of an event that don't say what happened: its own name, when it was stored, and that it was an error. */
const NOT_CONTENT = new Set(['eventID', 'recordTime', 'errorDeclaration', 'isA', '@type', '@context'])

/** The same happening gives the same digest, whatever it is called and in whatever order its pieces are listed. */
export function contentDigest(event: Readonly<Record<string, unknown>>): string {
  const content = Object.fromEntries(Object.entries(event).filter(([key]) => !NOT_CONTENT.has(key)))
  return digestBytes(new TextEncoder().encode(sorted(content)))
}

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).sort().join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).map(([key, it]) => `${JSON.stringify(key)}:${sorted(it)}`)
  return `{${entries.sort().join()}}`
}

/** What an event is called in ids: its own id, if that leaves room for the rest of the 256 characters. */
export const eventName = ({ eventID }: EpcisEvent, digest: string): string =>
  eventID !== undefined && eventID.length <= EVENT_ID_CHARS_MAX ? eventID : `epcis/${digest}`
const EVENT_ID_CHARS_MAX = 128
