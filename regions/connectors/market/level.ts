import { isNegative, NOTHING, plus, textOf } from '../../../shared/domain/decimal.ts'
import type { Decimal } from '../../../shared/domain/decimal.ts'
import { formatInstant, type Instant } from '../../../shared/kernel/clock.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { checkQuantity, counted } from '../stated-quantity.ts'
import { take } from '../translation.ts'
import type { Reading } from './reading.ts'
import { stateId } from './state-id.ts'
import { nodeOf, skuOf, type VendorCode } from './vendor-code.ts'

type State = 'onHand' | 'damaged' | 'quarantined'

/** How much of an item a vendor has at a place: all of it, not a change. */
export type Level = {
  /** Its own in ids and for people: `level/5/24826418`. */
  readonly name: string
  readonly item: readonly VendorCode[]
  readonly place: string | null | undefined
  /** By what the vendor calls it, and the state that is where the source's profile (quantityStates) says nothing else. */
  readonly quantities: readonly {
    readonly kind: string
    readonly state: State | 'ignore'
    readonly value: unknown
  }[]
  readonly uom?: string | undefined
  readonly at: Instant
  /** The source's own counter, where it has one. */
  readonly sequence?: number | undefined
  /** The delivery's own, where it has one. */
  readonly id?: string | undefined
}

/**
 * Nothing is not zero: of what a vendor does not count there is no quantity. Below zero means that more was sold than there is,
 * so there is nothing. Two kinds that mean the same state are parts of it.
 */
export function countLevel({ message, codes, draft }: Reading, level: Level): void {
  const { name, at } = level
  const stated = new Map<State, Decimal>()
  for (const { kind, state, value } of level.quantities) {
    const told = codes.profile.quantityStates
    const means = told && Object.hasOwn(told, kind) ? told[kind]! : state
    if (means === 'ignore') continue
    if (value === null || value === undefined) {
      draft.warnings.push(`${name}: ${kind} is not counted there, which is not zero; no effect`)
      continue
    }
    const quantity = checkQuantity(value, `${name}, ${kind}`)
    if (!quantity.ok) return void draft.refusals.push(quantity.error)
    if (isNegative(quantity.value))
      draft.warnings.push(
        `${name}, ${kind}: ${textOf(quantity.value)} is more sold than there is; counted as 0`,
      )
    const atLeast = isNegative(quantity.value) ? NOTHING : quantity.value
    stated.set(means, plus(stated.get(means) ?? NOTHING, atLeast))
  }
  if (stated.size === 0) return void draft.warnings.push(`${name}: nothing of it counts here`)
  const refuse = (refusal: Refusal): void => void draft.refusals.push(refusal)
  const sku = skuOf(codes, level.item, name)
  if (!sku.ok) return refuse(sku.error)
  const node = nodeOf(codes, level.place, name)
  if (!node.ok) return refuse(node.error)
  const unit = level.uom === undefined ? undefined : codes.uom(level.uom)
  const states: Partial<Record<State, number>> = {}
  let uom: string | undefined
  for (const [state, quantity] of stated) {
    const count = counted(codes, { sku: sku.value, uom: unit }, quantity, name)
    if (!count.ok) return refuse(count.error)
    states[state] = count.value.quantity
    uom = count.value.uom
  }
  const data = { sku: sku.value, node: node.value, states, ...(uom === undefined ? {} : { uom }) }
  const { sequence, id = stateId(name, at, data) } = level
  const event = {
    source: message.source,
    at,
    subject: sku.value,
    id,
    ...(sequence === undefined ? {} : { sequence }),
  }
  const asOf = formatInstant(at)
  take(draft, canonicalEvent({ ...event, type: 'plimsoll.stock.counted', data: { ...data, asOf } }, name))
}
