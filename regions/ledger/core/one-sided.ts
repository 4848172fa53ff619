import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Books } from './books.ts'
import { type DemandLine, UNASSIGNED } from './demand-line.ts'
import { inTransitOf, type Supply } from './supply-book.ts'

/** A story of which one side only is known: what there is of it, and until when the other may come. */
export type OneSided = {
  /** The same for the same story, whenever it is looked at. */
  readonly key: string
  readonly code:
    | 'work-without-order'
    | 'cancel-without-order'
    | 'receipt-without-shipment'
    | 'shipment-without-receipt'
  readonly detail: string
  /** When the hub first heard of it. */
  readonly heardAt: Instant
  /** It is an exception from then on. */
  readonly overdueAt: Instant
  readonly told: Readonly<Record<string, string | number | boolean>>
}

const DAY_MS = 86_400_000
/** Where no `matching` policy says otherwise: an ERP that is down overnight still has a day to tell of its orders. */
const AFTER_MS_DEFAULT = DAY_MS
/** Goods that left without a day on which they are due: by sea they take as long. */
const TRANSIT_MS_DEFAULT = 60 * DAY_MS

/** Every one-sided story of a region. Work without its order, a cancellation of nothing, one end of a transfer. */
export function* oneSidedIn(books: Books): Generator<OneSided> {
  for (const line of books.demand.orphans()) yield ofLine(books, line)
  for (const [orderRef, heardAt] of books.demand.cancelledUnseen()) {
    yield {
      key: orderRef,
      code: 'cancel-without-order',
      detail: `${orderRef} was cancelled, and nothing else was ever heard of it`,
      heardAt,
      overdueAt: heardAt + afterMs(books, undefined),
      told: { orderRef },
    }
  }
  for (const supply of books.supply.oneSided) {
    const story = ofSupply(books, supply)
    if (story) yield story
  }
}

function ofLine(books: Books, it: DemandLine): OneSided {
  const { orderRef, line, firstHeardAt } = it
  const sku = books.skus.textOf(it.sku)
  const [node = UNASSIGNED] = it.work.keys()
  const at = node === UNASSIGNED ? undefined : books.nodes.textOf(node)
  let [picked, shipped] = [0, 0]
  for (const work of it.work.values()) {
    picked += work.picked
    shipped += work.shipped
  }
  const isWork = it.work.size > 0
  const what = isWork ? `${picked} picked and ${shipped} shipped of` : 'a cancellation of'
  return {
    key: `${orderRef}/${line}/${sku}`,
    code: isWork ? 'work-without-order' : 'cancel-without-order',
    detail: `${what} ${sku} for ${orderRef} line ${line}, which no order or reservation has`,
    heardAt: firstHeardAt,
    overdueAt: firstHeardAt + afterMs(books, at),
    told: {
      orderRef,
      line,
      sku,
      ...(at === undefined ? {} : { node: at }),
      picked,
      shipped,
      cancelled: it.isCancelledWhole || it.cancelled,
    },
  }
}

/** Of transfers only ends that this region can hear of: its own nodes’. */
function ofSupply(books: Books, supply: Supply): OneSided | null {
  const { ref, shipped, received, receipts, dueAt, firstHeardAt } = supply
  const [sku, node] = [books.skus.textOf(supply.sku), books.nodes.textOf(supply.node)]
  if (!books.master.node(node)) return null
  const told = { transfer: ref, sku, node, shipped, received: received + receipts }
  const patience = afterMs(books, node)
  if (received > shipped) {
    return {
      key: `${ref}/${sku}/${node}`,
      code: 'receipt-without-shipment',
      detail: `${received} of ${sku} arrived at ${node} by transfer ${ref}, of which ${shipped} are known to have left`,
      heardAt: firstHeardAt,
      overdueAt: firstHeardAt + patience,
      told,
    }
  }
  return {
    key: `${ref}/${sku}/${node}`,
    code: 'shipment-without-receipt',
    detail: `${inTransitOf(supply)} of ${sku} left for ${node} by transfer ${ref} and have not arrived`,
    heardAt: firstHeardAt,
    overdueAt: (dueAt ?? firstHeardAt + TRANSIT_MS_DEFAULT) + patience,
    told,
  }
}

const afterMs = (books: Books, node: string | undefined): number =>
  books.master.policy('matching', { node })?.afterMs ?? AFTER_MS_DEFAULT
