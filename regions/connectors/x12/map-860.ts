import { NOTHING } from '../../../shared/domain/decimal.ts'
import { ok } from '../../../shared/kernel/result.ts'
import { notNegative, readQuantity } from '../stated-quantity.ts'
import { hashTotal } from './control-total.ts'
import { linesOf } from './lines.ts'
import { purchaseOrderOf } from './map-850.ts'
import {
  allLines,
  ASKS_NOTHING,
  orderLine,
  type OrderWord,
  sharedOf,
  tellOrder,
  unsupportedStatus,
  withoutEffect,
  wordOf,
} from './purchase-order.ts'
import { noLines } from './reporting-code.ts'
import { at } from './tokenize.ts'
import { whereOf } from './warehouse-line.ts'
import { find, type Work } from './work.ts'

/** Transaction set purpose (element 353): whatever is new, confirmed or sent again here is a change. */
const WORDS: Readonly<Record<string, OrderWord>> = {
  '': 'changed',
  '00': 'changed',
  '01': 'cancelled',
  '04': 'changed',
  '05': 'replaced',
  '06': 'changed',
  '07': 'changed',
  '15': 'changed',
}

/** Change codes (element 670). A line that is deleted is wanted no more; of one that is changed POC03 is what is wanted now. */
const DELETED = 'DI'
const CHANGED = new Set(['AI', 'CA', 'MU', 'PQ', 'QD', 'QI', 'RQ', 'RZ'])
/** Of prices and dates: what is wanted is said where POC03 is, and stays where it is not. */
const BESIDE = new Set(['CB', 'CC', 'CE', 'CG', 'CT', 'NC', 'PC', 'PR', 'RA', 'RB', 'RS'])

const POC = { unit: 5, firstPair: 8 }

/**
 * Purchase Order Change: what a customer wants of an order by now, line by line. Taken whole or not at all, as the order was.
 *   BCH  01 purpose  02 type  03 order  04 release     POC  01 line  02 change  03 ordered  05 unit  08/09 … item
 */
export function map860(work: Work): void {
  const { segments } = work.transaction
  const { header, lines } = linesOf(segments, 'POC')
  const bch = find(segments, 'BCH')
  const [purpose, type, number, release] = [1, 2, 3, 4].map((position) => (bch ? at(bch, position) : ''))
  const order = purchaseOrderOf(type!, number!, release!)
  const named = wordOf(work, order, { code: purpose!, kind: 'purpose', words: WORDS, noEffect: ASKS_NOTHING })
  if (named === undefined) return
  if (named.word === 'cancelled') return tellOrder(work, named, [])
  if (lines.length === 0) return noLines(work, 'POC')
  const unknown = lines.find(({ head }) => !isKnown(at(head, 2)))
  if (unknown)
    return unsupportedStatus(work, order, `change ${at(unknown.head, 2)} of line ${unknown.number}`)
  const counting = lines.filter(({ head }) => !BESIDE.has(at(head, 2)) || at(head, 3) !== '')
  const stated = counting.map((line) => {
    const where = `${whereOf(work, line)}, POC-03`
    // A deleted line may leave its quantity out.
    if (at(line.head, 2) === DELETED && at(line.head, 3) === '') return ok(NOTHING)
    return notNegative(readQuantity(at(line.head, 3), where), where)
  })
  if (!hashTotal(work, find(segments, 'CTT'), lines.length, stated)) return
  const shared = sharedOf(work, header)
  const read = allLines(
    work,
    counting.map((line, n) => {
      const wanted = at(line.head, 2) === DELETED ? ok(NOTHING) : stated[n]!
      return orderLine(work, line, wanted, shared, POC)
    }),
  )
  if (read === undefined) return
  if (read.length === 0) return withoutEffect(work, order, 'is changed in nothing that has to be sent')
  tellOrder(work, named, read)
}

const isKnown = (code: string): boolean => code === DELETED || CHANGED.has(code) || BESIDE.has(code)
