import { formatInstant } from '../../../shared/kernel/clock.ts'
import { ok, type Result } from '../../../shared/kernel/result.ts'
import type { Refusal } from '../connector.ts'
import { counted, notNegative, readQuantity } from '../stated-quantity.ts'
import { businessInstant } from './business-time.ts'
import { addsUp } from './control-total.ts'
import { linesOf } from './lines.ts'
import { nodeOf, type Place, placesIn } from './place.ts'
import { type OrderWord, tellOrder, withoutEffect, wordOf } from './purchase-order.ts'
import { noLines } from './reporting-code.ts'
import { at, type Segment } from './tokenize.ts'
import { readItemLine, whereOf } from './warehouse-line.ts'
import { find, type Work } from './work.ts'

/** Order status code (element 473). Of a back order, a confirmation and a re-submission the order is the same as of a new one. */
const WORDS: Readonly<Record<string, OrderWord>> = {
  '': 'accepted',
  B: 'accepted',
  C: 'accepted',
  D: 'cancelled',
  E: 'accepted',
  F: 'cancelled',
  G: 'changed',
  L: 'changed',
  N: 'accepted',
  R: 'changed',
  S: 'accepted',
  T: 'accepted',
}
const NO_EFFECT: Readonly<Record<string, string>> = { A: 'is for information only', X: 'is a simulation' }
/** Changes to other things than the lines: they need not be named. */
const BESIDE_LINES = 'G'

/** The day by which goods have to leave: requested ship, ship no later than, requested delivery. */
const DUE_DATES = ['10', '38', '02']

/**
 * Warehouse Shipping Order: demand, never depletion. The order is taken whole or not at all, because a part of it, under
 * the order's own id, would keep the rest out for good.
 *   W05  01 status  02 depositor's order      W01  01 ordered  02 unit  04/05, 06/07 item     W76  01 ordered in all
 */
export function map940(work: Work): void {
  const { segments, set } = work.transaction
  const { header, lines } = linesOf(segments, 'W01')
  const w05 = find(segments, 'W05')
  const [status, order] = w05 ? [at(w05, 1), at(w05, 2)] : ['', '']
  const named = wordOf(work, order, { code: status, kind: 'status', words: WORDS, noEffect: NO_EFFECT })
  if (named === undefined) return
  if (named.word === 'cancelled') return tellOrder(work, named, [])
  if (lines.length === 0 && status === BESIDE_LINES)
    return withoutEffect(work, order, 'is changed in nothing but its header')
  if (lines.length === 0) return noLines(work, 'W01')
  const ordered = lines.map((line) => {
    const where = `${whereOf(work, line)}, W01-01`
    return notNegative(readQuantity(at(line.head, 1), where), where)
  })
  const w76 = find(segments, 'W76')
  if (
    !addsUp(
      work,
      'W76',
      w76 ? at(w76, 1) : '',
      ordered.map((it) => (it.ok ? it.value : null)),
    )
  )
    return
  const node = orderNode(work, placesIn(header, set))
  const dueAt = dueAtOf(work, header)
  const orderLines = []
  for (const [n, line] of lines.entries()) {
    const quantity = ordered[n]!
    const read = readItemLine(work, line)
    if (!quantity.ok) work.draft.refusals.push(quantity.error)
    if (!read.ok) work.draft.refusals.push(read.error)
    if (!quantity.ok || !read.ok || !node.ok) continue
    const { sku, number, where } = read.value
    const count = counted(work.codes, read.value, quantity.value, where)
    if (!count.ok) {
      work.draft.refusals.push(count.error)
      continue
    }
    const rest = {
      ...(count.value.uom === undefined ? {} : { uom: count.value.uom }),
      ...node.value,
      ...(dueAt === null ? {} : { dueAt }),
    }
    orderLines.push({ line: number, sku, quantity: count.value.quantity, ...rest })
  }
  if (!node.ok) work.draft.refusals.push(node.error)
  if (orderLines.length < lines.length) return
  tellOrder(work, named, orderLines)
}

/** An order may leave it to us where the goods come from. */
function orderNode(work: Work, places: readonly Place[]): Result<{ node?: string }, Refusal> {
  if (places.length === 0 && work.codes.defaultNode === null) return ok({})
  const node = nodeOf(work, places, work.where)
  return node.ok ? ok({ node: node.value }) : node
}

function dueAtOf(work: Work, header: readonly Segment[]): string | null {
  for (const qualifier of DUE_DATES) {
    const g62 = find(header, 'G62', qualifier)
    const due = g62 && businessInstant(at(g62, 2), at(g62, 4), work.transaction.envelope, 'start')
    if (due !== null && due !== undefined) return formatInstant(due)
  }
  return null
}
