import type { Codes } from '../connector.ts'
import type { EpcisEvent } from './epcis-event.ts'
import { bareTerm } from './vocabulary.ts'

/**
 * The number in a business transaction id: the last part of `urn:epcglobal:cbv:bt:0614141073467:1152`,
 * `urn:epc:id:gdti:0614141.00001.1618034` and `http://transaction.acme.com/po/12345678`.
 */
function numberIn(id: string): string | undefined {
  const number = /^urn:epc:id:/i.test(id)
    ? id.split('.').at(-1)
    : id.split(/[/:?#=]/).findLast((it) => it !== '')
  return number !== undefined && /^[\x21-\x7e]{1,96}$/.test(number) ? number : undefined
}

/** The number of the first kind of document, in the order asked for, that the event belongs to. */
export function referenceOf(event: EpcisEvent, kinds: readonly string[]): string | undefined {
  for (const kind of kinds) {
    for (const { type, bizTransaction } of event.bizTransactionList) {
      const number = type !== undefined && bareTerm(type) === kind ? numberIn(bizTransaction) : undefined
      if (number !== undefined) return number
    }
  }
  return undefined
}

export function orderRefOf(event: EpcisEvent, codes: Codes): string | undefined {
  const number = referenceOf(event, ['po'])
  return number === undefined ? undefined : `${codes.profile.channel ?? 'edi'}:${number}`
}

/** What a receipt closes: the purchase order, as the ERP expects it, else the paper that came along. */
export const RECEIPT_KINDS = ['po', 'desadv', 'bol', 'recadv', 'inv']
export const SHIPMENT_KINDS = ['desadv', 'bol']
export const RETURN_KINDS = ['rma', 'po', 'desadv']
