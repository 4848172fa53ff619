import type { CanonicalEvent, Disposition } from '../../../shared/contract/events.ts'
import { type Decimal, isZero, textOf } from '../../../shared/domain/decimal.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { controlTotal, outOfPolicy } from '../refusals.ts'
import { take } from '../translation.ts'
import { counted, notNegative, readQuantity } from '../stated-quantity.ts'
import { parseDay } from './business-time.ts'
import { addsUp } from './control-total.ts'
import { linesOf, type Line } from './lines.ts'
import { placesIn } from './place.ts'
import { conditionsOf, partition } from './receiving-condition.ts'
import { isSimulation, noLines } from './reporting-code.ts'
import { at, type Segment } from './tokenize.ts'
import { readWarehouseLine, type WarehouseLine, whereOf } from './warehouse-line.ts'
import { find, timeOf, usableRef, type Work } from './work.ts'

/**
 * Warehouse Stock Transfer Receipt Advice: what came in, and in which condition.
 *   W17  01 reporting code  02 day  03 receipt  04 depositor's order  05 shipment
 *   W07  01 received  02 unit  04/05, 06/07 item  08 lot     W13, W20 condition of a part     W14  01 received in all
 */
export function map944(work: Work): void {
  const { segments, set } = work.transaction
  const { header, lines } = linesOf(segments, 'W07')
  const w17 = find(segments, 'W17')
  if (isSimulation(work, w17)) return
  const document = readHeader(work, w17)
  if (!document.ok) return void work.draft.refusals.push(document.error)
  if (lines.length === 0) return noLines(work, 'W07')
  const received = lines.map((line) => {
    const where = `${whereOf(work, line)}, W07-01`
    return notNegative(readQuantity(at(line.head, 1), where), where)
  })
  const w14 = find(segments, 'W14')
  if (
    !addsUp(
      work,
      'W14',
      w14 ? at(w14, 1) : '',
      received.map((it) => (it.ok ? it.value : null)),
    )
  )
    return
  const places = placesIn(header, set)
  for (const [n, line] of lines.entries()) {
    const quantity = received[n]!
    if (!quantity.ok) work.draft.refusals.push(quantity.error)
    else if (isZero(quantity.value)) work.draft.warnings.push(`${whereOf(work, line)}: nothing was received`)
    else {
      const read = readWarehouseLine(work, line, places)
      take(
        work.draft,
        read.ok ? receivedEvents(work, document.value, read.value, line, quantity.value) : read,
      )
    }
  }
}

type Header = {
  readonly receipt: string
  readonly order: string
  readonly ref: string | undefined
  readonly isReturn: boolean
  readonly at: number
}

/** Those that say that goods came in. The others of element 514 are adjustments in a receipt's clothes. */
const RECEIPT_CODES = new Set(['', 'F', 'N', 'J', 'P', 'X', 'Z'])
const CUSTOMER_RETURN = 'C'
const EXCEPTIONS_ONLY = 'X'

function readHeader(work: Work, w17: Segment | undefined): Result<Header, Refusal> {
  // The day is looked for: partners leave out the code before it, or write the number first.
  const words = w17?.elements.slice(1) ?? []
  const code = words[0] !== undefined && /^[A-Z]?$/.test(words[0]) ? words.shift()! : ''
  if (!RECEIPT_CODES.has(code) && code !== CUSTOMER_RETURN) {
    const detail = `${work.where}: reporting code ${code} is no receipt; have it sent as a 947, or enter it by hand`
    return err(outOfPolicy('unsupported-reporting-code', detail))
  }
  if (code === EXCEPTIONS_ONLY)
    work.draft.warnings.push(`${work.where}: tells exceptions only, not the whole receipt`)
  const dayAt = words.slice(0, 2).findIndex((word) => parseDay(word) !== null)
  const [day] = dayAt < 0 ? [''] : words.splice(dayAt, 1)
  const [receipt = '', order = '', shipment = '', , time = ''] = dayAt < 0 ? words.slice(1) : words
  return ok({
    receipt,
    order,
    ref: usableRef(order, 128) ?? usableRef(shipment, 128) ?? usableRef(receipt, 128),
    isReturn: code === CUSTOMER_RETURN,
    at: timeOf(work, day!, time, 'start'),
  })
}

function receivedEvents(
  work: Work,
  document: Header,
  read: WarehouseLine,
  line: Line,
  quantity: Decimal,
): Result<readonly CanonicalEvent[], Refusal> {
  const conditions = conditionsOf(line.body, read.where)
  if (!conditions.ok) return conditions
  // What a customer sent back is not for sale before someone has looked at it.
  const parts = partition(quantity, conditions.value, document.isReturn ? 'quarantined' : 'sellable')
  if (parts === null) {
    return err(
      controlTotal(`${read.where}: its conditions do not add up to the ${textOf(quantity)} received`),
    )
  }
  const events: CanonicalEvent[] = []
  for (const [disposition, part] of parts) {
    const event = receivedEvent(work, document, read, disposition, part)
    if (!event.ok) return event
    events.push(event.value)
  }
  return ok(events)
}

function receivedEvent(
  work: Work,
  { receipt, order, ref, isReturn, at: instant }: Header,
  { sku, node, lot, uom, where, number }: WarehouseLine,
  disposition: Disposition,
  stated: Decimal,
): Result<CanonicalEvent, Refusal> {
  const count = counted(work.codes, { sku, uom }, stated, where)
  if (!count.ok) return count
  const spot = `line/${number}/${disposition}`
  return canonicalEvent(
    {
      type: isReturn ? 'plimsoll.stock.returned' : 'plimsoll.stock.received',
      id: `${work.idPrefix}/${receipt}/${spot}`,
      source: work.source,
      at: instant,
      subject: sku,
      businesskey: receipt ? `944/${receipt}/${order}/${spot}` : undefined,
      data: { sku, node, lot, ...count.value, disposition, ref },
    },
    where,
  )
}
