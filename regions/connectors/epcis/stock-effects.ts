import type { CanonicalEvent } from '../../../shared/contract/events.ts'
import { formatInstant } from '../../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import type { Draft } from '../translation.ts'
import type { EpcisEvent } from './epcis-event.ts'
import { type Happening, nothing, refused, startOutcome } from './happening.ts'
import { knownNode, locationOf, nodeOf } from './places.ts'
import { orderRefOf, RECEIPT_KINDS, referenceOf, RETURN_KINDS, SHIPMENT_KINDS } from './references.ts'
import { type StockLine, stockLines } from './stock-lines.ts'
import { bareTerm, type Effect, EFFECTS, releases, stateOf } from './vocabulary.ts'

/** Object and transaction events: what their business step does to each line of goods. */
export function stockEffects(happening: Happening): Draft {
  const { event, codes, where } = happening
  const effect = effectOf(event, where)
  if (!effect.ok) return refused([effect.error])
  if (effect.value === 'none')
    return nothing(`${where}: ${stepOf(event) ?? event.action} leaves stock as it is`)
  const found = stockLines(event.epcList, event.quantityList, codes, where)
  const outcome = startOutcome(found, where)
  if (found.lines.length === 0) {
    if (outcome.refusals.length === 0)
      outcome.refusals.push(malformed('no-goods', `${where}: lists no goods`))
    return outcome
  }
  const node = nodeOf(event, LEAVING.has(effect.value) ? 'leaves' : 'stays', codes, where)
  if (!node.ok) {
    outcome.refusals.push(node.error)
    return outcome
  }
  for (const line of found.lines) {
    if (line.quantity === 0 && effect.value !== 'count') {
      outcome.warnings.push(`${where}: 0 of ${line.key} says nothing`)
      continue
    }
    const made = factOf(happening, effect.value, line, node.value)
    if (!made.ok) outcome.refusals.push(made.error)
    else if (made.value === null)
      outcome.warnings.push(`${where}: ${line.key} was not held, so nothing is released`)
    else outcome.events.push(made.value)
  }
  return outcome
}

const LEAVING: ReadonlySet<Effect> = new Set(['ship', 'pick', 'destroy'])

/** An action has to fit its step: what is destroyed is deleted, what is commissioned is added, the rest is observed. */
const ACTIONS: Readonly<Record<Effect, readonly string[]>> = {
  receive: ['OBSERVE', 'ADD'],
  pick: ['OBSERVE'],
  ship: ['OBSERVE', 'DELETE'],
  unship: ['OBSERVE', 'ADD'],
  count: ['OBSERVE'],
  hold: ['OBSERVE'],
  inspect: ['OBSERVE'],
  create: ['ADD'],
  destroy: ['DELETE'],
  none: ['OBSERVE', 'ADD', 'DELETE'],
}

const stepOf = (event: EpcisEvent): string | undefined =>
  event.bizStep === undefined ? undefined : bareTerm(event.bizStep)

function effectOf(event: EpcisEvent, where: string): Result<Effect, Refusal> {
  const step = stepOf(event)
  const action = event.action ?? 'OBSERVE'
  if (event.type === 'TransactionEvent') {
    // Its ADD and DELETE tie goods to a document and untie them; the goods themselves are observed.
    if (step === undefined || action === 'DELETE') return ok('none')
  } else if (step === undefined) {
    return ok(action === 'ADD' ? 'create' : action === 'DELETE' ? 'destroy' : 'none')
  }
  if (!Object.hasOwn(EFFECTS, step)) {
    const detail = `${where}: what business step ${step.slice(0, 128)} does to stock is not defined here; nothing was taken`
    return err(outOfPolicy('unsupported-business-step', detail))
  }
  const effect = EFFECTS[step]!
  const done = event.type === 'TransactionEvent' ? 'OBSERVE' : action
  if (ACTIONS[effect].includes(done)) return ok(effect)
  const detail = `${where}: ${step} with action ${event.action ?? '(none)'} contradicts itself; expected ${ACTIONS[effect].join(' or ')}`
  return err(malformed('contradictory-action', detail))
}

function factOf(
  happening: Happening,
  effect: Exclude<Effect, 'none'>,
  line: StockLine,
  node: string,
): Result<CanonicalEvent | null, Refusal> {
  const { event, codes, where } = happening
  const base = baseOf(happening, line)
  const { sku, lot, uom, quantity } = line
  const goods = { sku, node, lot, uom, quantity }
  const state = stateOf(dispositionOf(event))
  switch (effect) {
    case 'receive':
      return receipt(happening, line, node)
    case 'ship':
      return shipment(happening, line, node)
    case 'pick': {
      const orderRef = orderRefOf(event, codes)
      if (orderRef === undefined) {
        const detail = `${where}: a pick without a purchase order (bizTransactionList, type po) belongs to no demand`
        return err({ class: 'unmatched', code: 'no-order', detail })
      }
      // EPCIS knows no order lines; '1' is what the ledger takes for an order without.
      return canonicalEvent(
        { ...base, type: 'plimsoll.stock.picked', data: { ...goods, orderRef, line: '1' } },
        where,
      )
    }
    case 'count': {
      const states = { [state === 'sellable' ? 'onHand' : state]: quantity }
      const data = { sku, node, lot, uom, states, asOf: formatInstant(happening.at) }
      return canonicalEvent({ ...base, type: 'plimsoll.stock.counted', data }, where)
    }
    case 'hold':
    case 'inspect': {
      const move = moveOf(effect, dispositionOf(event))
      if (move === null) return ok(null)
      return canonicalEvent({ ...base, type: 'plimsoll.stock.moved', data: { ...goods, ...move } }, where)
    }
    default: {
      const signed = effect === 'destroy' ? -quantity : quantity
      const data = { ...goods, quantity: signed, reason: `epcis ${stepOf(event) ?? event.action}` }
      return canonicalEvent({ ...base, type: 'plimsoll.stock.adjusted', data }, where)
    }
  }
}

export const baseOf = ({ name, source, at }: Happening, line: StockLine) => ({
  id: `${name}/${line.key}`,
  source,
  at,
  subject: line.sku,
})

const dispositionOf = (event: EpcisEvent): string | undefined =>
  event.disposition === undefined ? undefined : bareTerm(event.disposition)

/**
 * Holding takes out of sale. So does an inspection that is under way or found something; one that found nothing says no
 * more than that, and only a disposition that says "sellable" releases: to release what was never held would make stock.
 */
function moveOf(effect: 'hold' | 'inspect', disposition: string | undefined) {
  if (releases(disposition)) return { from: 'quarantined', to: 'sellable' } as const
  const state = stateOf(disposition)
  if (state !== 'sellable') return { from: 'sellable', to: state } as const
  const isUnderWay = effect === 'hold' || disposition === undefined || disposition === 'in_progress'
  return isUnderWay ? ({ from: 'sellable', to: 'quarantined' } as const) : null
}

function receipt(happening: Happening, line: StockLine, node: string): Result<CanonicalEvent, Refusal> {
  const { event, where } = happening
  const { sku, lot, uom, quantity } = line
  const base = baseOf(happening, line)
  const goods = { sku, node, lot, uom, quantity }
  if (dispositionOf(event) === 'returned') {
    // What came back is not for sale before someone has looked at it.
    const data = { ...goods, disposition: 'quarantined', ref: referenceOf(event, RETURN_KINDS) } as const
    return canonicalEvent({ ...base, type: 'plimsoll.stock.returned', data }, where)
  }
  const transfer = transferOf(happening, 'source', node)
  const disposition = stateOf(dispositionOf(event))
  if (transfer && disposition === 'sellable') {
    const data = { transfer: transfer.ref, from: transfer.other, to: node, sku, lot, uom, quantity }
    return canonicalEvent({ ...base, type: 'plimsoll.transfer.received', data }, where)
  }
  const ref = transfer?.ref ?? referenceOf(event, RECEIPT_KINDS)
  return canonicalEvent(
    { ...base, type: 'plimsoll.stock.received', data: { ...goods, disposition, ref } },
    where,
  )
}

function shipment(happening: Happening, line: StockLine, node: string): Result<CanonicalEvent, Refusal> {
  const { event, codes, where } = happening
  const { sku, lot, uom, quantity } = line
  const base = baseOf(happening, line)
  const transfer = transferOf(happening, 'destination', node)
  if (transfer) {
    const data = { transfer: transfer.ref, from: node, to: transfer.other, sku, lot, uom, quantity }
    return canonicalEvent({ ...base, type: 'plimsoll.transfer.shipped', data }, where)
  }
  const shipment = referenceOf(event, SHIPMENT_KINDS)
  const data = { sku, node, lot, uom, quantity, orderRef: orderRefOf(event, codes), shipment }
  return canonicalEvent({ ...base, type: 'plimsoll.stock.shipped', data }, where)
}

/** Goods go between two places of ours when the other end is one, and when both ends can name the same paper. */
function transferOf(
  { event, codes }: Happening,
  end: 'source' | 'destination',
  node: string,
): { readonly ref: string; readonly other: string } | null {
  const location = locationOf(event, end)
  const other = location === undefined ? null : knownNode(location, codes)
  const ref = referenceOf(event, [...SHIPMENT_KINDS, 'po'])
  return other === null || other === node || ref === undefined ? null : { ref, other }
}
