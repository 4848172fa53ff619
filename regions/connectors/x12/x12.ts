import type { Codes, Connector, Message, Translation } from '../connector.ts'
import { decodeText } from '../decode-text.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { emptyDraft, finish, takeAll } from '../translation.ts'
import { readX12, type Transaction } from './envelope.ts'
import { map846 } from './map-846.ts'
import { map850 } from './map-850.ts'
import { map856 } from './map-856.ts'
import { map860 } from './map-860.ts'
import { map940 } from './map-940.ts'
import { map943 } from './map-943.ts'
import { map944 } from './map-944.ts'
import { map945 } from './map-945.ts'
import { map947 } from './map-947.ts'
import { type Work, workOn } from './work.ts'

/**
 * ANSI X12, any release: the warehouse sets of a 3PL, inventory advice, purchase orders and ship notices.
 * Of the source's profile it reads quantityStates (846), itemQualifiers, w12Shift (945) and channel (850, 856, 860, 940, 945).
 */
export const x12Connector: Connector = {
  name: 'x12',
  recognises: (message) => LOOKS_LIKE_X12.test(decodeText(message.body.subarray(0, SNIFFED_BYTES)).text),
  translate,
}

const LOOKS_LIKE_X12 =
  /(^|[\s\uFEFF])(ISA([^A-Za-z0-9\s])\d{2}\3|GS([^A-Za-z0-9\s])[A-Z]{2}\4|ST([^A-Za-z0-9\s])\d{3}\5)/
const SNIFFED_BYTES = 4096

const MAPPERS: Readonly<Record<string, (work: Work) => void>> = {
  846: map846,
  850: map850,
  856: map856,
  860: map860,
  940: map940,
  943: map943,
  944: map944,
  945: map945,
  947: map947,
}

/** Answers to what we sent: they move no stock, and a dead letter for each would bury the others. */
const ACKNOWLEDGEMENTS = new Set(['997', '999'])

function translate(message: Message, codes: Codes): Translation {
  const { text, isUnicode } = decodeText(message.body)
  // What is NL of a mainframe in one byte reads as an ellipsis in Latin letters.
  const file = readX12(isUnicode ? text : text.replaceAll('…', '\n'))
  const draft = emptyDraft()
  takeAll(draft, { refusals: file.refusals, warnings: file.warnings })
  if (!isUnicode) draft.warnings.push('not UTF-8; it was read as ISO-8859-1')
  const { source, receivedAt } = message
  for (const transaction of file.transactions) {
    translateOne(workOn(transaction, { source, codes, receivedAt, draft }))
  }
  return finish(draft)
}

function translateOne(work: Work): void {
  const { transaction, draft, where } = work
  const { set, envelope, isWhole } = transaction
  if (envelope.isTest)
    return void draft.warnings.push(`${where}: test traffic (ISA15 is T); it has no effect`)
  if (ACKNOWLEDGEMENTS.has(set))
    return void draft.warnings.push(`${where}: an acknowledgement; no stock in it`)
  if (!Object.hasOwn(MAPPERS, set)) return void draft.refusals.push(unsupported(transaction, where))
  if (isWhole) return MAPPERS[set]!(work)
  const detail = `${where}: its SE is missing, so it was cut off; nothing of it was taken. Ask the sender for the file again`
  draft.refusals.push(malformed('truncated-transaction', detail))
}

const unsupported = ({ set }: Transaction, where: string): ReturnType<typeof outOfPolicy> =>
  outOfPolicy(
    'unsupported-transaction-set',
    `${where}: transaction set ${set.slice(0, 8)} is not taken, only ${Object.keys(MAPPERS).join(', ')}; other sets of the file still count`,
  )
