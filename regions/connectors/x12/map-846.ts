import type { CanonicalEvent } from '../../../shared/contract/events.ts'
import { formatInstant, type Instant } from '../../../shared/kernel/clock.ts'
import type { Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { counted } from '../stated-quantity.ts'
import { parseDay } from './business-time.ts'
import { linIds, LOT_QUALIFIER, skuOf } from './item.ts'
import { type Line, linesOf } from './lines.ts'
import { nodeOf, type Place, placesIn } from './place.ts'
import { choose, type Chosen, type State, stateOf } from './quantity-states.ts'
import { type Reading, readingsOf } from './reading.ts'
import { noLines } from './reporting-code.ts'
import { at, type Segment } from './tokenize.ts'
import { whereOf } from './warehouse-line.ts'
import { find, timeOf, usableRef, type Work } from './work.ts'

/**
 * Inventory Inquiry/Advice: what is there, absolute, one count an item and place. 0 is a count.
 *   BIA  01 purpose  03 number  04 day  05 time     LIN  pairs from 02     QTY  01 kind  02 quantity  03 unit
 */
export function map846(work: Work): void {
  const { segments } = work.transaction
  const { header, lines } = linesOf(segments, 'LIN')
  const bia = find(segments, 'BIA')
  const purpose = bia ? at(bia, 1) : ''
  if (NOT_A_REPORT.has(purpose)) {
    const detail = `${work.where}: purpose ${purpose} in BIA-01 withdraws or asks, it does not report; nothing was counted`
    return void work.draft.refusals.push(outOfPolicy('unsupported-purpose', detail))
  }
  if (lines.length === 0) return noLines(work, 'LIN')
  const report = readReport(work, bia, header)
  const counts = new CountBook()
  const ignored = new Set<string>()
  for (const line of lines) countLine(work, report, line, counts, ignored)
  counts.settle(work)
  if (ignored.size > 0) {
    const names = [...ignored].sort().join(', ')
    work.draft.warnings.push(
      `${work.where}: quantities of kind ${names} are no state of stock here; they were passed over`,
    )
  }
  const ctt = find(segments, 'CTT')
  if (ctt && Number(at(ctt, 1)) !== lines.length) {
    work.draft.warnings.push(`${work.where}: CTT says ${at(ctt, 1)} lines, there are ${lines.length}`)
  }
}

/** Transaction set purpose code (element 353): cancellation, delete, request, query. */
const NOT_A_REPORT = new Set(['01', '03', '13', '28'])

type Report = {
  readonly number: string
  readonly asOf: Instant
  /** With a time of its own, number and time name the report for good, in whatever interchange it is sent again. */
  readonly isTimed: boolean
  readonly places: readonly Place[]
}

/** Creation, effective, issue: the dates that can mean "as of". */
const AS_OF_DATES = ['097', '007', '102']

function readReport(work: Work, bia: Segment | undefined, header: readonly Segment[]): Report {
  const places = placesIn(header, work.transaction.set)
  const number = bia ? at(bia, 3) : ''
  const dtms = AS_OF_DATES.map((qualifier) => find(header, 'DTM', qualifier)).filter((it) => it !== undefined)
  const stated: [string, string][] = bia ? [[at(bia, 4), at(bia, 5)]] : []
  const candidates = [...stated, ...dtms.map((it): [string, string] => [at(it, 2), at(it, 3)])]
  const dated = candidates.filter(([day]) => parseDay(day) !== null)
  const [day, time] = dated.find(([, clock]) => clock !== '') ?? dated[0] ?? ['', '']
  return { number, asOf: timeOf(work, day, time, 'start'), isTimed: time !== '', places }
}

function countLine(work: Work, report: Report, line: Line, counts: CountBook, ignored: Set<string>): void {
  const where = whereOf(work, line)
  const ids = linIds(line.head)
  const sku = skuOf(work, ids, where)
  if (!sku.ok) return void work.draft.refusals.push(sku.error)
  const readings = readingsOf(line, work.transaction.set, where)
  if (!readings.ok) return void work.draft.refusals.push(readings.error)
  const known = readings.value.filter(({ qualifier }) => {
    const state = stateOf(work.codes.profile, qualifier)
    if (state === null) ignored.add(qualifier)
    return state !== null && state !== 'ignore'
  })
  if (known.length === 0) return refuseUncounted(work, readings.value, where)
  const lot = ids.find(({ qualifier }) => qualifier === LOT_QUALIFIER)?.id
  for (const [node, atNode] of byNode(work, report, known, where)) {
    const chosen = choose(work.codes.profile, atNode, `${where}, ${node}`)
    const item = { sku: sku.value, node, lot: lot === undefined ? undefined : usableRef(lot, 64) }
    const event = chosen.ok ? countEvent(work, report, line, item, chosen.value, where) : chosen
    if (event.ok) counts.add(event.value, where)
    else work.draft.refusals.push(event.error)
  }
}

function refuseUncounted(work: Work, readings: readonly Reading[], where: string): void {
  const kinds = [...new Set(readings.map(({ qualifier }) => qualifier))]
  if (kinds.length === 0) {
    work.draft.refusals.push(malformed('no-quantity', `${where}: has no QTY`))
    return
  }
  if (kinds.every((kind) => stateOf(work.codes.profile, kind) === 'ignore')) return
  const detail = `${where}: has only quantities of kind ${kinds.join(', ')}; say in the source's profile (quantityStates) what they mean, and replay`
  work.draft.refusals.push(outOfPolicy('unknown-quantity-kind', detail))
}

function byNode(
  work: Work,
  report: Report,
  readings: readonly Reading[],
  where: string,
): Map<string, Reading[]> {
  const groups = new Map<string, Reading[]>()
  const refused = new Set<string>()
  for (const reading of readings) {
    const node = nodeOf(work, [...reading.places, ...report.places], where)
    if (node.ok) append(groups, node.value, reading)
    else if (!refused.has(node.error.detail)) {
      refused.add(node.error.detail)
      work.draft.refusals.push(node.error)
    }
  }
  return groups
}

function countEvent(
  work: Work,
  { number, asOf, isTimed }: Report,
  line: Line,
  item: { readonly sku: string; readonly node: string; readonly lot: string | undefined },
  { states, unit }: Chosen,
  where: string,
): Result<CanonicalEvent, Refusal> {
  const at = formatInstant(asOf)
  const spot = `${line.number}/${item.node}`
  const stated = unit === '' ? undefined : work.codes.uom(unit)
  const whole: Partial<Record<State, number>> = {}
  let uom = stated
  for (const state of Object.keys(states) as State[]) {
    const count = counted(work.codes, { sku: item.sku, uom: stated }, states[state]!, where)
    if (!count.ok) return count
    whole[state] = count.value.quantity
    uom = count.value.uom
  }
  return canonicalEvent(
    {
      type: 'plimsoll.stock.counted',
      id: `${work.idPrefix}/${number}/line/${spot}`,
      source: work.source,
      at: asOf,
      subject: item.sku,
      businesskey: number && isTimed ? `846/${number}/${at}/${spot}/${item.sku}` : undefined,
      data: { ...item, uom, states: whole, asOf: at },
    },
    where,
  )
}

/** The counts of one report. Two for the same item and place can't both be right, so neither is taken. */
class CountBook {
  readonly #byPlace = new Map<string, { event: CanonicalEvent; where: string }[]>()

  add(event: CanonicalEvent, where: string): void {
    if (event.type !== 'plimsoll.stock.counted') return
    const key = `${event.subject} ${event.data.node} ${event.data.lot ?? ''}`
    append(this.#byPlace, key, { event, where })
  }

  settle(work: Work): void {
    for (const [key, counts] of this.#byPlace) {
      const said = new Set(counts.map(({ event }) => JSON.stringify(event.data)))
      if (said.size === 1) work.draft.events.push(counts[0]!.event)
      else
        work.draft.refusals.push(
          countedTwice(
            key,
            counts.map(({ where }) => where),
          ),
        )
    }
  }
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}

const countedTwice = (key: string, wheres: readonly string[]): Refusal => ({
  class: 'conflict',
  code: 'counted-twice',
  detail: `${wheres.slice(0, 5).join(' and ')} count ${key.trim()} differently; none was taken`,
})
