import type { CanonicalEvent, EventOf, Fact } from '../../shared/contract/events.ts'
import { scopeFault } from '../../shared/domain/policy.ts'
import { tidyScope } from '../../shared/domain/policy-scope.ts'
import {
  itemFaults,
  type KnownItems,
  type MasterFault,
  mappingFaults,
  tidyItem,
} from '../../shared/domain/master-check.ts'
import { toBaseUnits, type UomRefusal } from '../../shared/domain/uom.ts'
import { type Instant, parseInstant } from '../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { Refusal } from '../connectors/connector.ts'
import type { MasterBook } from '../ledger/core/master-book.ts'
import { CENTRE_SOURCE, isBuiltIn } from './own-sources.ts'
import { standingOf } from './ownership.ts'

/** Clocks of sources run ahead now and then; a day is no longer a clock that runs ahead. */
const AHEAD_MS_MAX = 86_400_000
/** Ten years: what is expected later is a placeholder, and would be promised to nobody. */
const EXPECTED_MS_MAX = 3653 * 86_400_000
/** 1990-01-01: older than any message of the formats we read. An event from 1970 is a clock that was never set. */
const EARLIEST = 631_152_000_000

/**
 * The border. A canonical event becomes a fact when its source, sku and node are known, its times are possible and its
 * quantities are whole base units; its standing is judged here, once. What is refused waits under exceptions.
 */
export function accept(
  event: CanonicalEvent,
  master: MasterBook,
  now: Instant,
  /** Those in the book, and those that are on their way into it. */
  items: KnownItems = master,
): Result<Fact, Refusal> {
  const refusal = timesRefusal(event, now) ?? sourceRefusal(event, master)
  if (refusal) return err(refusal)
  switch (event.type) {
    case 'plimsoll.order.accepted':
    case 'plimsoll.order.changed':
    case 'plimsoll.order.cancelled':
      return acceptOrder(event, master)
    case 'plimsoll.item.upserted': {
      const [fault] = itemFaults(event.subject, event.data, items)
      return fault ? err(masterRefusal(fault)) : ok({ ...event, data: tidyItem(event.data) })
    }
    case 'plimsoll.mapping.upserted': {
      const [fault] = mappingFaults(event.data)
      return fault ? err(masterRefusal(fault)) : ok(event)
    }
    case 'plimsoll.node.upserted':
    case 'plimsoll.source.upserted':
    case 'plimsoll.source.heartbeat':
      return ok(event)
    case 'plimsoll.policy.activated':
      return acceptPolicy(event)
    case 'plimsoll.leader.elected':
    case 'plimsoll.reservation.made':
    case 'plimsoll.reservation.refused':
    case 'plimsoll.reservation.extended':
    case 'plimsoll.reservation.confirmed':
    case 'plimsoll.reservation.released':
    case 'plimsoll.reservation.expired':
    case 'plimsoll.fulfilment.sourced':
    case 'plimsoll.fulfilment.advanced':
    case 'plimsoll.correction.proposed':
    case 'plimsoll.correction.applied':
    case 'plimsoll.correction.rejected':
      // Whoever calls himself the hub: its own decisions don't come in by the door.
      return err(notForOthers(event))
    default:
      return acceptStock(event, master)
  }
}

/** One scope has one spelling, and its policy one subject: what is put twice has to replace what was put first. */
function acceptPolicy(event: EventOf<'plimsoll.policy.activated'>): Result<Fact, Refusal> {
  const { kind } = event.data
  const fault = scopeFault(kind, event.data.scope)
  if (fault !== null)
    return err({ class: 'malformed', code: 'invalid-policy', detail: `data.scope: ${fault}` })
  if (event.data.body.revision !== undefined)
    return err({
      class: 'malformed',
      code: 'invalid-policy',
      detail: 'data.body.revision: the centre’s own count',
    })
  const scope = tidyScope(event.data.scope)
  const [subjectKind, ...rest] = event.subject.split('/')
  if (subjectKind !== kind || tidyScope(rest.join('/')) !== scope)
    return err({
      class: 'malformed',
      code: 'subject-mismatch',
      detail: `subject is ${event.subject}, data is of ${kind}/${scope}`,
    })
  return ok({ ...event, subject: `${kind}/${scope}`, data: { ...event.data, scope } })
}

type StockEvent = Extract<
  CanonicalEvent,
  {
    type:
      | `plimsoll.stock.${string}`
      | `plimsoll.transfer.${string}`
      | 'plimsoll.receipt.expected'
      | 'plimsoll.fulfilment.short'
  }
>
type OrderEvent = Extract<CanonicalEvent, { type: `plimsoll.order.${string}` }>

function acceptStock(event: StockEvent, master: MasterBook): Result<Fact, Refusal> {
  if (event.data.sku !== undefined && event.data.sku !== event.subject) {
    return err({
      class: 'malformed',
      code: 'subject-mismatch',
      detail: `subject is ${event.subject}, data.sku is ${event.data.sku}`,
    })
  }
  for (const node of nodesToKnow(event)) if (!master.node(node)) return err(unknown('node', node))
  const converted =
    event.type === 'plimsoll.stock.counted'
      ? countInBaseUnits(event, master)
      : inBaseUnits(event.subject, event.data, master)
  if (!converted.ok) return converted
  return ok({ ...event, data: converted.value, ...standingOf(event, master) } as Fact)
}

/** The other end of a transfer may be a node of another region, which this one need not know. */
function nodesToKnow(event: StockEvent): string[] {
  if (event.type === 'plimsoll.transfer.received') return [event.data.to]
  if (event.type === 'plimsoll.transfer.shipped')
    return event.data.from === undefined || event.source === CENTRE_SOURCE
      ? [event.data.to]
      : [event.data.from]
  return [event.data.node]
}

function acceptOrder(event: OrderEvent, master: MasterBook): Result<Fact, Refusal> {
  const lines: unknown[] = []
  for (const line of event.data.lines ?? []) {
    if (line.node !== undefined && !master.node(line.node)) return err(unknown('node', line.node))
    if (line.quantity === undefined) {
      if (!master.item(line.sku)) return err(unknown('sku', line.sku))
      lines.push(line)
      continue
    }
    const converted = inBaseUnits(line.sku, line as typeof line & { quantity: number }, master)
    if (!converted.ok) return converted
    lines.push(converted.value)
  }
  return ok({ ...event, data: { ...event.data, ...(event.data.lines ? { lines } : {}) } } as Fact)
}

function inBaseUnits<D extends { readonly quantity: number; readonly uom?: string | undefined }>(
  sku: string,
  data: D,
  master: MasterBook,
): Result<D, Refusal> {
  const item = master.item(sku)
  if (!item) return err(unknown('sku', sku))
  const converted = toBaseUnits(data.quantity, data.uom, item)
  if (!converted.ok) return err(unitRefusal(sku, data.uom, converted.error))
  if (converted.value === data.quantity && data.uom === undefined) return ok(data)
  const { uom, ...rest } = data
  return ok({ ...rest, quantity: converted.value, stated: { quantity: data.quantity, uom } } as unknown as D)
}

type CountEvent = Extract<StockEvent, { type: 'plimsoll.stock.counted' }>

function countInBaseUnits(
  { subject, data }: CountEvent,
  master: MasterBook,
): Result<CountEvent['data'], Refusal> {
  const item = master.item(subject)
  if (!item) return err(unknown('sku', subject))
  if (Object.values(data.states).every((value) => value === undefined)) {
    return err({
      class: 'malformed',
      code: 'empty-count',
      detail: 'the count names no state; say onHand, damaged or quarantined',
    })
  }
  if (data.uom === undefined) return ok(data)
  const { uom, ...rest } = data
  const states: CountEvent['data']['states'] = {}
  for (const state of ['onHand', 'damaged', 'quarantined'] as const) {
    const stated = data.states[state]
    if (stated === undefined) continue
    const converted = toBaseUnits(stated, uom, item)
    if (!converted.ok) return err(unitRefusal(subject, uom, converted.error))
    states[state] = converted.value
  }
  return ok({ ...rest, states, stated: { ...data.states, uom } } as CountEvent['data'])
}

function timesRefusal(event: CanonicalEvent, now: Instant): Refusal | null {
  if (event.type === 'plimsoll.receipt.expected') {
    const at = parseInstant(event.data.expectedAt)!
    if (at < EARLIEST || at > now + EXPECTED_MS_MAX)
      return {
        class: 'out-of-policy',
        code: 'time-out-of-range',
        detail: `expectedAt ${event.data.expectedAt} is before 1990 or more than ten years ahead`,
      }
  }
  const asOf = event.type === 'plimsoll.stock.counted' ? event.data.asOf : event.time
  for (const [name, text] of [
    ['time', event.time],
    ['asOf', asOf],
  ] as const) {
    const at = parseInstant(text)
    if (at === null || at < EARLIEST || at > now + AHEAD_MS_MAX) {
      return {
        class: 'out-of-policy',
        code: 'time-out-of-range',
        detail: `${name} ${text} is before 1990 or more than a day ahead: the source's clock is wrong`,
      }
    }
  }
  return null
}

/** Master data is the word of an ERP or of Plimsoll itself. */
function sourceRefusal(event: CanonicalEvent, master: MasterBook): Refusal | null {
  if (isBuiltIn(event.source)) return null
  const source = master.source(event.source)
  if (!source) return unknown('source', event.source)
  const isMaster = event.type.endsWith('.upserted') || event.type === 'plimsoll.policy.activated'
  if (!isMaster) return null
  const may = event.type === 'plimsoll.item.upserted' ? ['erp', 'hub'] : ['hub']
  return may.includes(source.role)
    ? null
    : {
        class: 'out-of-policy',
        code: 'not-the-owner',
        detail: `${event.source} has the role ${source.role}; ${event.type} is for ${may.join(', ')}`,
      }
}

const unknown = (kind: 'sku' | 'node' | 'source', code: string): Refusal => ({
  class: 'unknown-code',
  code: `unknown-${kind}`,
  detail: `no ${kind} ${code} is known here; put it or map it, and this is replayed by itself`,
  unknown: { kind, code },
})

const masterRefusal = ({ code, path, message }: MasterFault): Refusal => ({
  class: 'malformed',
  code,
  detail: `${path}: ${message}`,
})

const notForOthers = ({ type, source }: CanonicalEvent): Refusal => ({
  class: 'out-of-policy',
  code: 'not-the-owner',
  detail: `${type} is the hub's own decision; ${source} can't make it`,
})

const unitRefusal = (sku: string, uom: string | undefined, { code, detail }: UomRefusal): Refusal => ({
  class: 'unit',
  code,
  detail: `${sku}: ${detail}`,
  // Put with the item or mapped, it is replayed by itself; what doesn't come out whole waits for someone.
  ...(code === 'unknown-unit' && uom !== undefined ? { unknown: { kind: 'uom', code: uom, sku } } : {}),
})
