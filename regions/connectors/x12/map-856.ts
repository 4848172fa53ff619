import type { CanonicalEvent } from '../../../shared/contract/events.ts'
import { type Decimal, isZero } from '../../../shared/domain/decimal.ts'
import type { Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { take } from '../translation.ts'
import { counted, notNegative, readQuantity } from '../stated-quantity.ts'
import { statedInstant } from './business-time.ts'
import { hashTotal } from './control-total.ts'
import { lotIn, skuOf, linIds } from './item.ts'
import { nodeOf, placesIn } from './place.ts'
import { type ShipmentItem, shipmentOf } from './shipment-tree.ts'
import { at } from './tokenize.ts'
import { componentsOf } from './warehouse-line.ts'
import { find, orderRefOf, timeOf, usableRef, type Work } from './work.ts'

/** Transaction set purpose (element 353): a shipment that is told, told ahead, confirmed, or told again. */
const TOLD = new Set(['', '00', '05', '06', '07', '14', '15'])
const SHIPPED_AT = ['011', '003', '002']

/**
 * Ship Notice: what left a place of ours for a customer, by item. Levels (HL) nest shipment > order > pack > item, and
 * what stands at one holds for those below it; a pack or a tare is part of its items' quantity, never more.
 *   BSN  01 purpose  02 shipment     N1*SF from where     PRF  01 order     LIN  item     SN1  02 shipped  03 unit
 */
export function map856(work: Work): void {
  const { segments } = work.transaction
  const bsn = find(segments, 'BSN')
  const [purpose, shipment] = bsn ? [at(bsn, 1), at(bsn, 2)] : ['', '']
  if (!TOLD.has(purpose)) {
    const detail = `${work.where}: purpose ${purpose} of shipment ${shipment} (a change or cancellation) is not taken from an 856`
    return void work.draft.refusals.push(outOfPolicy('unsupported-shipment-status', detail))
  }
  const items = shipmentOf(segments)
  if (items.length === 0) {
    const detail = `${work.where}: has no item (LIN with SN1), so it says nothing of stock`
    return void work.draft.refusals.push(malformed('no-lines', detail))
  }
  const shipped = items.map(({ sn1, name }) => {
    const where = `${work.where}, ${name}, SN1-02`
    return notNegative(readQuantity(at(sn1, 2), where), where)
  })
  if (!hashTotal(work, find(segments, 'CTT'), null, shipped)) return
  for (const [n, item] of items.entries()) {
    const quantity = shipped[n]!
    if (!quantity.ok) work.draft.refusals.push(quantity.error)
    else if (isZero(quantity.value))
      work.draft.warnings.push(`${work.where}, ${item.name}: nothing was shipped`)
    else take(work.draft, shippedEvent(work, shipment, item, quantity.value))
  }
}

function shippedEvent(
  work: Work,
  shipment: string,
  item: ShipmentItem,
  stated: Decimal,
): Result<CanonicalEvent, Refusal> {
  const { lin, sn1, name, scope, place } = item
  const where = `${work.where}, ${name}`
  const sku = skuOf(work, linIds(lin), where)
  if (!sku.ok) return sku
  const node = nodeOf(work, placesIn(scope, work.transaction.set), where)
  if (!node.ok) return node
  const unit = componentsOf(sn1, 3)[0]!
  const uom = unit === '' ? undefined : work.codes.uom(unit)
  const count = counted(work.codes, { sku: sku.value, uom }, stated, where)
  if (!count.ok) return count
  const orderRef = orderRefIn(work, item, where)
  return canonicalEvent(
    {
      type: 'plimsoll.stock.shipped',
      id: `${work.idPrefix}/${shipment}/${place}`,
      source: work.source,
      at: shippedAt(work, item),
      subject: sku.value,
      businesskey: shipment === '' ? undefined : `856/${shipment}/${place}`,
      data: {
        sku: sku.value,
        node: node.value,
        lot: lotIn(lin, scope),
        ...count.value,
        orderRef,
        line: orderRef && usableRef(at(lin, 1) || at(sn1, 1) || place, 32),
        shipment: usableRef(shipment, 128),
      },
    },
    where,
  )
}

function orderRefIn(work: Work, { scope }: ShipmentItem, where: string): string | undefined {
  const prf = find(scope, 'PRF')
  const orderRef = prf && orderRefOf(work, at(prf, 1))
  if (orderRef === undefined)
    work.draft.warnings.push(`${where}: names no order (PRF) that can be used; its demand stays open`)
  return orderRef
}

function shippedAt(work: Work, { scope }: ShipmentItem): number {
  for (const qualifier of SHIPPED_AT) {
    const dtm = find(scope, 'DTM', qualifier)
    const instant = dtm && statedInstant(dtm, work.transaction.envelope, 'end')
    if (instant !== null && instant !== undefined) return instant
  }
  const bsn = find(work.transaction.segments, 'BSN')
  return timeOf(work, bsn ? at(bsn, 3) : '', bsn ? at(bsn, 4) : '', 'end')
}
