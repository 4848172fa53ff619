import { notNegative, readQuantity } from '../stated-quantity.ts'
import { hashTotal } from './control-total.ts'
import { linesOf } from './lines.ts'
import {
  allLines,
  ASKS_NOTHING,
  orderLine,
  type OrderWord,
  sharedOf,
  tellOrder,
  withoutEffect,
  wordOf,
} from './purchase-order.ts'
import { noLines } from './reporting-code.ts'
import { at } from './tokenize.ts'
import { whereOf } from './warehouse-line.ts'
import { find, type Work } from './work.ts'

/** Transaction set purpose (element 353). A confirmation, a duplicate and a re-submission are the order once more. */
const WORDS: Readonly<Record<string, OrderWord>> = {
  '': 'accepted',
  '00': 'accepted',
  '01': 'cancelled',
  '04': 'changed',
  '05': 'replaced',
  '06': 'accepted',
  '07': 'accepted',
  '15': 'accepted',
}

/** Purchase order types (element 92): a blanket order is no demand before something of it is released. */
const BLANKET = 'BK'
const RELEASES = new Set(['RL', 'RE', 'BE'])

const PO1 = { unit: 3, firstPair: 6 }

/** The number of a purchase order; a release of a blanket order is an order of its own. */
export const purchaseOrderOf = (type: string, number: string, release: string): string =>
  RELEASES.has(type) && release !== '' ? `${number}-${release}` : number

/**
 * Purchase Order: a customer's demand. Taken whole or not at all, because a part of it, under the order's own id, would keep
 * the rest out for good.
 *   BEG  01 purpose  02 type  03 order  04 release     PO1  01 line  02 ordered  03 unit  06/07 … item     CTT  02 ordered in all
 */
export function map850(work: Work): void {
  const { segments } = work.transaction
  const { header, lines } = linesOf(segments, 'PO1')
  const beg = find(segments, 'BEG')
  const [purpose, type, number, release] = [1, 2, 3, 4].map((position) => (beg ? at(beg, position) : ''))
  const order = purchaseOrderOf(type!, number!, release!)
  if (type === BLANKET) return withoutEffect(work, order, 'is a blanket order; its releases are demand')
  const named = wordOf(work, order, { code: purpose!, kind: 'purpose', words: WORDS, noEffect: ASKS_NOTHING })
  if (named === undefined) return
  if (named.word === 'cancelled') return tellOrder(work, named, [])
  if (lines.length === 0) return noLines(work, 'PO1')
  const ordered = lines.map((line) => {
    const where = `${whereOf(work, line)}, PO1-02`
    return notNegative(readQuantity(at(line.head, 2), where), where)
  })
  if (!hashTotal(work, find(segments, 'CTT'), lines.length, ordered)) return
  const shared = sharedOf(work, header)
  const read = allLines(
    work,
    lines.map((line, n) => orderLine(work, line, ordered[n]!, shared, PO1)),
  )
  if (read === undefined) return
  tellOrder(work, named, read)
}
