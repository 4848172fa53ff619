import { percentOf } from '../../../shared/domain/quantity.ts'
import { poolOf } from '../../../shared/domain/allocation.ts'
import type { Rules } from '../../../shared/contract/push.ts'
import type { ShortLine } from '../../../shared/contract/reservation-api.ts'
import {
  channelOf,
  demandClassOf,
  type LineId,
  type NodeId,
  type OrderRef,
  type Sku,
} from '../../../shared/domain/ids.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { figureOf } from '../../../shared/snapshot/figure.ts'
import type { Books } from '../../ledger/core/books.ts'
import { UNASSIGNED } from '../../ledger/core/demand-line.ts'
import { figuresOf, type SkuFigures } from '../../ledger/core/figures.ts'
import { isLive, type Reservation } from '../../ledger/core/reservation.ts'
import { snapshotRowOf } from '../../ledger/core/snapshot-row.ts'

/** Quantities in the item's base unit; skus and nodes are known here. */
export type AskedLine = {
  readonly line: LineId
  readonly sku: Sku
  readonly quantity: number
  readonly node?: NodeId | undefined
  readonly dueAt?: Instant | undefined
}

export type Asked = {
  readonly orderRef: OrderRef
  readonly channel: string
  readonly segment?: string | undefined
  readonly lines: readonly AskedLine[]
  readonly isPartial: boolean
}

/** What can be held: every line with what there is for it. */
export type Held = readonly (AskedLine & { readonly reserved: number })[]

export type ReserveRefusal =
  | { readonly code: 'insufficient-availability'; readonly lines: readonly ShortLine[] }
  | { readonly code: 'already-reserved'; readonly reservation: string }
  /** It is over, and was let go: its ref is no name for a new one. */
  | { readonly code: 'order-finished' }

/** The order holds these lines already, by a request that was heard before: one order, seen twice. */
export type AlreadyHeld = { readonly merged: Reservation }

/**
 * Decides what to hold. Counted is all that is promised, by whatever policy stock is published: what is held can be
 * delivered. Lines are taken one after the other and each is tried on the books, so that lines of one sku, and kits that
 * share a component, are summed; the books are as before when this returns.
 */
export function reserve(
  books: Books,
  rules: Pick<Rules, 'allocation'>,
  asked: Asked,
  now: Instant,
): Result<Held | AlreadyHeld, ReserveRefusal> {
  if (books.demand.finished.has(asked.orderRef)) return err({ code: 'order-finished' })
  const known = heldAlready(books, asked)
  if (known) return known
  const { channel, segment, lines } = asked
  const isOrdered = books.demand.linesOf(asked.orderRef).length > 0
  if (lines.length === 1 && !isOrdered) return judge(asked, [offered(books, rules, lines[0]!, asked, now)])
  const trial = books.demand.reservation(TRIAL, asked.orderRef)
  const demandClass = demandClassOf(channel, segment)
  const offers = lines.map((line) => {
    const offer = Math.max(offered(books, rules, line, asked, now), orderedOf(books, asked, line))
    const want = {
      quantity: Math.min(offer, line.quantity),
      node: line.node === undefined ? UNASSIGNED : books.nodes.idOf(line.node),
      dueAt: -1,
      demandClass,
    }
    books.demand.hold(trial, line.line, books.skus.idOf(line.sku), want, now)
    return offer
  })
  books.demand.withdraw(trial)
  return judge(asked, offers)
}

/** No id of a reservation: those are made by the hub. */
const TRIAL = '(trial)'

function offered(
  books: Books,
  rules: Pick<Rules, 'allocation'>,
  { sku, node }: AskedLine,
  { channel, segment }: Asked,
  now: Instant,
): number {
  const figures = figuresOf(books, books.skus.find(sku), now, 'promised')
  const figure = figureOf(snapshotRowOf(figures), rules, { channel, segment, node })
  return Math.max(0, Math.min(figure, shareLeft(books, figures, channel)))
}

/** What the channel's holds may still have of what is sellable, where its `hold` policy gives them a share only. */
function shareLeft(books: Books, { sku, tier, inputs }: SkuFigures, channel: string): number {
  const share = books.master.policy('hold', { sku, tier, channel })?.sharePercent
  if (share === undefined) return Number.POSITIVE_INFINITY
  let held = 0
  for (const [demandClass, demand] of inputs.demandByClass)
    if (channelOf(demandClass) === channel) held += demand
  return percentOf(Math.max(0, poolOf(inputs, channel).gross), share) - held
}

/** What the order itself has of the line, where it was heard first: that is counted already. */
const orderedOf = (books: Books, { orderRef }: Asked, { line, sku }: AskedLine): number =>
  books.demand
    .linesOf(orderRef)
    .find((it) => it.line === line && books.skus.textOf(it.sku) === sku && !it.isCancelledWhole)?.terms
    ?.quantity ?? 0

function judge({ lines, isPartial }: Asked, offers: readonly number[]): Result<Held, ReserveRefusal> {
  const short = lines.flatMap(({ line, sku, quantity }, i) =>
    offers[i]! < quantity ? [{ line, sku, quantity, available: offers[i]! }] : [],
  )
  const held = lines.map((line, i) => ({ ...line, reserved: Math.min(line.quantity, offers[i]!) }))
  const isEnough = short.length === 0 || (isPartial && held.some(({ reserved }) => reserved > 0))
  return isEnough ? ok(held) : err({ code: 'insufficient-availability', lines: short })
}

/** Null when the order holds nothing. */
function heldAlready(books: Books, { orderRef, lines }: Asked): Result<AlreadyHeld, ReserveRefusal> | null {
  const known = books.demand.linesOf(orderRef)
  if (known.length === 0) return null
  const first = known.flatMap(({ holds }) => [...holds.keys()]).find(isLive)
  if (!first) return null
  const isSame = lines.every(({ line, sku, quantity }) =>
    known.some((it) => {
      const want = it.holds.get(first)
      return it.line === line && books.skus.textOf(it.sku) === sku && want?.quantity === quantity
    }),
  )
  if (isSame && lines.length === first.lines.length) return ok({ merged: first })
  const isApart = lines.every(
    ({ line }) => !known.some((it) => it.line === line && [...it.holds.keys()].some(isLive)),
  )
  return isApart ? null : err({ code: 'already-reserved', reservation: first.id })
}
