import * as z from 'zod'
import type { Refusal } from '../connector.ts'
import { readRecord } from '../market/document.ts'
import { countLevel } from '../market/level.ts'
import type { Reading } from '../market/reading.ts'

const Outcome = z.object({
  status: z.object({ statusCode: z.number().int() }).nullish(),
  body: z.object({
    skuId: z.string().nullish(),
    locationId: z.string().nullish(),
    sellableQuantity: z.unknown().optional(),
    reservedQuantity: z.unknown().optional(),
    clientSequenceNumber: z.unknown().optional(),
    actionableErrors: z
      .array(z.object({ errorType: z.string(), errorSubType: z.string().nullish() }))
      .nullish(),
  }),
})

/**
 * What became of one item of a call to the external fulfillment inventory: what Amazon has for it by now, or why not. A call may
 * succeed in part (207); what was refused for the item's own sake is not to be sent again.
 */
export function readOutcome(record: unknown, index: number, reading: Reading): void {
  const { message, draft } = reading
  const read = readRecord(Outcome, record, `response ${index}`)
  if (!read.ok) return void draft.refusals.push(read.error)
  const { status, body } = read.value
  const code = status?.statusCode ?? 200
  const name = `external/${body.skuId}/${body.locationId}`
  const errors = body.actionableErrors ?? []
  if (code >= 300 || errors.length > 0) return void draft.refusals.push(refusalOf(code, errors, name))
  countLevel(reading, {
    name,
    item: [{ code: body.skuId }],
    place: body.locationId,
    quantities: [
      { kind: 'sellableQuantity', state: 'onHand', value: body.sellableQuantity },
      { kind: 'reservedQuantity', state: 'ignore', value: body.reservedQuantity },
    ],
    sequence: sequenceOf(body.clientSequenceNumber),
    at: message.receivedAt,
  })
}

/** The number with which the quantity was sent: of two answers the one to the later call stands. */
const sequenceOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

type Errors = readonly { readonly errorType: string; readonly errorSubType?: string | null | undefined }[]

function refusalOf(code: number, errors: Errors, name: string): Refusal {
  const said = errors
    .map(({ errorType, errorSubType }) => `${errorType} ${errorSubType ?? ''}`.trim())
    .join('; ')
  const detail = `${name}: Amazon answered ${code}${said === '' ? '' : `, ${said.slice(0, 256)}`}`
  if (errors.some(({ errorType }) => errorType === 'INVALID_SKU'))
    return { class: 'unknown-code', code: 'invalid-sku', detail: `${detail}. List the item there first` }
  const isPassing = code === 429 || code >= 500
  return { class: 'out-of-policy', code: isPassing ? 'not-done-yet' : 'refused-by-amazon', detail }
}
