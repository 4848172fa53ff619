import { digestBytes } from '../../../shared/kernel/hash64.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Codes } from '../connector.ts'
import type { Draft } from '../translation.ts'
import { businessInstant, type DayEdge } from './business-time.ts'
import type { Transaction } from './envelope.ts'
import { at, type Segment } from './tokenize.ts'

/** One transaction set under translation: what a mapper is given, and where it writes. */
export type Work = {
  readonly transaction: Transaction
  readonly source: string
  readonly codes: Codes
  readonly receivedAt: Instant
  readonly draft: Draft
  /** For people: `945 0001`. */
  readonly where: string
  /** The document's own numbers; every event id of it begins so. */
  readonly idPrefix: string
}

export function workOn(
  transaction: Transaction,
  given: Pick<Work, 'source' | 'codes' | 'receivedAt' | 'draft'>,
): Work {
  const { set, control } = transaction
  return { ...given, transaction, where: `${set} ${control}`, idPrefix: idPrefixOf(transaction) }
}

/** Without an envelope, ST02 is `0001` in every file; then the content itself is the number. */
function idPrefixOf({ envelope, set, control, segments }: Transaction): string {
  if (envelope.interchangeControl === '' && envelope.groupControl === '') {
    const text = segments.map(({ elements }) => elements.join('*')).join('~')
    return `x12/${digestBytes(new TextEncoder().encode(text))}/${control}/${set}`
  }
  return `x12/${envelope.sender}/${envelope.interchangeControl}/${envelope.groupControl}/${control}/${set}`
}

export const find = (segments: readonly Segment[], name: string, qualifier?: string): Segment | undefined =>
  segments.find((it) => it.name === name && (qualifier === undefined || at(it, 1) === qualifier))

/** The document's day and time, else the envelope's, else when it came in. */
export function timeOf(work: Work, date: string, time: string, edge: DayEdge): Instant {
  const { envelope } = work.transaction
  return (
    businessInstant(date, time, envelope, edge) ??
    businessInstant(envelope.date, envelope.time, envelope, edge) ??
    work.receivedAt
  )
}

/** A reference, where it can serve as one of ours: printable, without blanks. */
export const usableRef = (text: string, charsMax: number): string | undefined =>
  text.length <= charsMax && /^[\x21-\x7e]+$/.test(text) ? text : undefined

/** The orders of an EDI partner belong to its channel; the number is the depositor's own. */
export function orderRefOf(work: Work, orderNumber: string): string | undefined {
  const number = usableRef(orderNumber, 96)
  return number === undefined ? undefined : `${channelOf(work)}:${number}`
}

export const channelOf = (work: Work): string => work.codes.profile.channel ?? 'edi'
