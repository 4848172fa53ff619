import type { Fact } from '../../shared/contract/events.ts'
import type { SourceWord } from '../../shared/contract/reports.ts'
import type { VarianceClass } from '../../shared/contract/variance-api.ts'
import { canonicalJson } from '../../shared/kernel/canonical-json.ts'

/** What a count shows, and where. */
export type Shown = {
  readonly node: string
  readonly state: string
  readonly lot: string | undefined
  /** What the count says less what the ledger says. */
  readonly difference: number
  readonly counted: number
  readonly ledger: number
  /** As of when, in ms. */
  readonly asOf: number
}

/** What is known that may explain a difference. */
export type Grounds = {
  /** Of the sku, of the time before the count, the latest first; behind the owner's last count those alone that may matter. */
  readonly facts: readonly Fact[]
  /** How many of the base unit the item's other units are. */
  readonly factors: readonly number[]
  /** The sources that tell of the node. */
  readonly sources: readonly Pick<SourceWord, 'source' | 'missing' | 'condition'>[]
  /** Skus at this node of which the same source shows just the opposite. */
  readonly opposites: readonly string[]
  /** Open exceptions of those sources with a code that nobody knows. */
  readonly unknownCodes: number
}

export type Classified = {
  readonly class: VarianceClass
  readonly detail: string
  readonly evidence: Readonly<Record<string, unknown>>
}

type Moved = { readonly fact: Fact; readonly units: number; readonly content: string }

/** One thing is told twice within this, where it has no order or reference of its own. */
const TOLD_TWICE_WITHIN_MS = 300_000

/** The class of what a count shows: the first pattern that explains all of it. Pure. */
export function classifyCount(shown: Shown, grounds: Grounds): Classified {
  const moved = movedSince(shown, grounds.facts)
  return (
    toldTwice(shown, moved) ??
    wrongUnit(shown, moved, grounds.factors) ??
    onAnotherSku(grounds) ??
    notTold(shown, grounds) ??
    codeUnknown(grounds) ??
    silent(grounds) ?? { class: 'unknown', detail: 'nothing that was told explains it', evidence: {} }
  )
}

/** What moved the state there since it was last counted by its owner. */
function movedSince(shown: Shown, facts: readonly Fact[]): Moved[] {
  const moved: Moved[] = []
  for (const fact of facts) {
    if (isOwnersCount(fact, shown)) break
    if (fact.standing === 'observer') continue
    const units = unitsOf(fact, shown)
    if (units !== 0) moved.push({ fact, units, content: contentOf(fact) })
  }
  return moved
}

function isOwnersCount(fact: Fact, { node, asOf }: Shown): boolean {
  if (fact.type !== 'plimsoll.stock.counted' || fact.standing === 'observer') return false
  return fact.data.node === node && Date.parse(fact.data.asOf) < asOf
}

/** By how much a fact moves the state at the node. `onHand` is all that lies there, damaged or not. */
function unitsOf(fact: Fact, { node, state, lot }: Shown): number {
  const data = fact.data as { node?: string; lot?: string; from?: string; to?: string; quantity?: number }
  if (lot !== undefined && data.lot !== lot) return 0
  const quantity = data.quantity ?? 0
  switch (fact.type) {
    case 'plimsoll.transfer.shipped':
      return state === 'onHand' && data.from === node ? -quantity : 0
    case 'plimsoll.transfer.received':
      return state === 'onHand' && data.to === node ? quantity : 0
    case 'plimsoll.stock.received':
    case 'plimsoll.stock.returned':
      return data.node === node && (state === 'onHand' || fact.data.disposition === state) ? quantity : 0
    case 'plimsoll.stock.shipped':
      return data.node === node && state === 'onHand' ? -quantity : 0
    case 'plimsoll.stock.adjusted':
      return data.node === node && state === 'onHand' ? quantity : 0
    case 'plimsoll.stock.moved':
      if (data.node !== node) return 0
      return data.to === state ? quantity : data.from === state ? -quantity : 0
    default:
      return 0
  }
}

const contentOf = ({ type, source, data }: Fact): string => canonicalJson([type, source, data])

function toldTwice({ difference }: Shown, moved: readonly Moved[]): Classified | null {
  for (const same of Map.groupBy(moved, ({ content }) => content).values()) {
    const twins = same.filter((it, i) => i > 0 && isOneThing(same[i - 1]!.fact, it.fact)).length
    const units = same[0]!.units
    if (twins === 0 || difference % units !== 0) continue
    const times = -difference / units
    if (times < 1 || times > twins) continue
    const ids = same.slice(0, times + 1).map(({ fact }) => fact.id)
    const { source, type } = same[0]!.fact
    const detail = `${source} told one ${nameOf(type)} under ${ids.length} ids: ${ids.join(', ')}`
    return { class: 'duplicate', detail, evidence: { source, ids, units } }
  }
  return null
}

function isOneThing(a: Fact, b: Fact): boolean {
  const { orderRef, ref, transfer } = b.data as { orderRef?: string; ref?: string; transfer?: string }
  if (orderRef !== undefined || ref !== undefined || transfer !== undefined) return true
  return Math.abs(Date.parse(a.time) - Date.parse(b.time)) <= TOLD_TWICE_WITHIN_MS
}

function wrongUnit(
  { difference, counted, ledger }: Shown,
  moved: readonly Moved[],
  factors: readonly number[],
): Classified | null {
  for (const factor of factors) {
    for (const { fact, units } of moved) {
      const isTooFew = difference === units * (factor - 1)
      const isTooMany = units % factor === 0 && difference === units / factor - units
      if (!isTooFew && !isTooMany) continue
      const { source, id, type } = fact
      const detail = `the ${nameOf(type)} ${id} of ${source} is ${factor} times too ${isTooFew ? 'small' : 'large'}`
      return { class: 'unit', detail, evidence: { source, id, units, factor } }
    }
    if (counted === 0 || ledger === 0) continue
    if (counted * factor === ledger || counted === ledger * factor) {
      const detail = `the count is ${factor} times too ${counted < ledger ? 'small' : 'large'}: another unit`
      return { class: 'unit', detail, evidence: { factor } }
    }
  }
  return null
}

function onAnotherSku({ opposites }: Grounds): Classified | null {
  if (opposites.length === 0) return null
  const detail = `just as much is wrong the other way round with ${opposites.join(', ')}: one was booked as the other`
  return { class: 'mapping', detail, evidence: { opposites } }
}

function notTold({ difference, node }: Shown, grounds: Grounds): Classified | null {
  const untold = grounds.facts.find((fact) => {
    if (fact.type === 'plimsoll.stock.picked' && fact.data.node === node)
      return -fact.data.quantity === difference && !grounds.facts.some((it) => isShipmentOf(it, fact))
    if (fact.type === 'plimsoll.transfer.shipped' && fact.data.to === node)
      return fact.data.quantity === difference && !grounds.facts.some((it) => isReceiptOf(it, fact))
    return false
  })
  if (untold) {
    const what = untold.type === 'plimsoll.stock.picked' ? 'shipment' : 'receipt'
    const detail = `the ${what} that follows ${nameOf(untold.type)} ${untold.id} of ${untold.source} was not told`
    return { class: 'missing-event', detail, evidence: { follows: untold.id, source: untold.source } }
  }
  const holes = grounds.sources.filter(({ missing }) => missing.length > 0)
  if (holes.length === 0) return null
  const told = holes.map(({ source, missing }) => ({ source, missing: missing.slice(0, 10) }))
  const { source, missing } = told[0]!
  const detail = `${source} has counted events that were not told: ${missing.map(rangeOf).join(', ')}`
  return { class: 'missing-event', detail, evidence: { holes: told } }
}

const isShipmentOf = (shipped: Fact, picked: Fact): boolean =>
  shipped.type === 'plimsoll.stock.shipped' &&
  picked.type === 'plimsoll.stock.picked' &&
  shipped.data.orderRef === picked.data.orderRef &&
  (shipped.data.line ?? picked.data.line) === picked.data.line

const isReceiptOf = (received: Fact, shipped: Fact): boolean =>
  received.type === 'plimsoll.transfer.received' &&
  shipped.type === 'plimsoll.transfer.shipped' &&
  received.data.transfer === shipped.data.transfer

function codeUnknown({ unknownCodes }: Grounds): Classified | null {
  if (unknownCodes === 0) return null
  const detail = `${unknownCodes} messages of the node's sources wait for a code that nobody knows`
  return { class: 'mapping', detail, evidence: { unknownCodes } }
}

function silent({ sources }: Grounds): Classified | null {
  const late = sources.filter(({ condition }) => condition !== 'fresh').map(({ source }) => source)
  if (late.length === 0) return null
  return { class: 'timing', detail: `${late.join(', ')} is silent`, evidence: { silent: late } }
}

const nameOf = (type: string): string => type.replace('plimsoll.stock.', '').replace('plimsoll.', '')
const rangeOf = ({ from, to }: { from: number; to: number }): string =>
  from === to ? String(from) : `${from}-${to}`
