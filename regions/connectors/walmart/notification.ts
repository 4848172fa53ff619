import * as z from 'zod'
import { NOTHING } from '../../../shared/domain/decimal.ts'
import { ok } from '../../../shared/kernel/result.ts'
import { namedOrder, stateOrder } from '../market/demand.ts'
import { type Fields, isFields, readRecord } from '../market/document.ts'
import type { Reading } from '../market/reading.ts'
import { skuOf, VendorId } from '../market/vendor-code.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { checkQuantity, notNegative } from '../stated-quantity.ts'
import { momentOf, readInventory } from './inventory.ts'
import { amountOf, listOf, unitOf } from './quantity.ts'

const Stamp = z.union([z.number(), z.string()]).nullish()
const Line = z.object({
  lineNumber: VendorId,
  sku: z.string().nullish(),
  quantity: z.object({
    unitOfMeasure: z.string().nullish(),
    measurementValue: z.union([z.number(), z.string().max(32)]),
  }),
  status: z.string().nullish(),
  statusDate: Stamp,
  shipNodeType: z.string().nullish(),
})
type Line = z.infer<typeof Line>
const PurchaseOrder = z.object({
  purchaseOrderId: VendorId,
  orderDate: Stamp,
  orderLines: listOf(Line),
  shipNodeType: z.string().nullish(),
})

const GONE = /^cancell?ed$/i

/** What Walmart sends by itself to who subscribed to it: `{source: {eventType, eventTime}, payload}`. */
export const isNotification = (
  document: Fields,
): document is { readonly source: Fields; readonly payload: Fields } =>
  isFields(document['source']) &&
  typeof document['source']['eventType'] === 'string' &&
  isFields(document['payload'])

/**
 * A new order names all of its lines; an order of which lines were cancelled by Walmart names those alone. An item that ran out at some
 * nodes is a count there. Of the others none says how much of what is wanted or is there.
 */
export function readNotification(
  { source, payload }: { readonly source: Fields; readonly payload: Fields },
  reading: Reading,
): void {
  const eventType = String(source['eventType'])
  switch (eventType) {
    case 'PO_CREATED':
      return readPurchaseOrder(payload, source, reading, 'accepted')
    case 'PO_LINE_AUTOCANCELLED':
      return readPurchaseOrder(payload, source, reading, 'changed')
    case 'INVENTORY_OOS':
      return readInventory(datedBy(source, payload), reading)
    default: {
      const detail = `${eventType.slice(0, 64)} is not taken; forward the order or the inventory that it is about`
      return void reading.draft.refusals.push(outOfPolicy('unsupported-topic', detail))
    }
  }
}

function readPurchaseOrder(
  payload: Fields,
  { eventTime }: Fields,
  reading: Reading,
  type: 'accepted' | 'changed',
): void {
  const { draft, codes, message } = reading
  const read = readRecord(PurchaseOrder, payload, 'order')
  if (!read.ok) return void draft.refusals.push(read.error)
  const { purchaseOrderId, orderDate, orderLines, shipNodeType } = read.value
  const name = `order/${purchaseOrderId}`
  const isTheirs = (it: { shipNodeType?: string | null | undefined }): boolean =>
    it.shipNodeType === 'WFSFulfilled'
  if (isTheirs({ shipNodeType }) || orderLines.every(isTheirs))
    return void draft.warnings.push(`${name} is fulfilled by Walmart, from its own stock; no effect`)
  const order = namedOrder(codes, 'walmart', purchaseOrderId, name)
  if (!order.ok) return void draft.refusals.push(order.error)
  const stamps = [eventTime, orderDate, ...orderLines.map(({ statusDate }) => statusDate)].filter(
    (it) => typeof it === 'string' || typeof it === 'number',
  )
  const moments = stamps.map(momentOf).filter((it) => it !== null)
  if (moments.length < stamps.length)
    return void draft.refusals.push(malformed('no-date', `${name}: has a date that is none`))
  const at = moments.length === 0 ? message.receivedAt : Math.max(...moments)
  const asked = orderLines.map((line) => askedOf(line, name, reading, type))
  stateOrder(reading, { order: order.value, name, at }, type, asked)
}

function askedOf(line: Line, name: string, { codes }: Reading, type: 'accepted' | 'changed') {
  const where = `${name}, line ${line.lineNumber}`
  const stated = { amount: line.quantity.measurementValue, unit: line.quantity.unitOfMeasure }
  const ordered = notNegative(checkQuantity(amountOf(stated), where), where)
  const isGone = type === 'changed' || GONE.test(line.status ?? '')
  return {
    line: line.lineNumber,
    sku: skuOf(codes, [{ code: line.sku }], where),
    quantity: isGone && ordered.ok ? ok(NOTHING) : ordered,
    uom: unitOf(stated),
    where,
  }
}

/** As of when it was sent, where its nodes say nothing of that. */
function datedBy({ eventTime }: Fields, payload: Fields): Fields {
  const nodes = payload['shipNodes']
  if (!Array.isArray(nodes)) return payload
  const dated = nodes.map((it: unknown) => (isFields(it) ? { modifiedDate: eventTime, ...it } : it))
  return { ...payload, shipNodes: dated }
}
