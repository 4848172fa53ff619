import type { Books } from './core/books.ts'
import {
  type DemandLine,
  isOnlyHeld,
  type LineTerms,
  type LineWork,
  type Sourcing,
} from './core/demand-line.ts'
import type { Flow } from './core/flow-book.ts'
import { FewMap } from './core/few-map.ts'
import type { LineWant } from './core/line-want.ts'
import type { Reservation } from './core/reservation.ts'
import type { Supply } from './core/supply-book.ts'
import type { Keeper } from './keeper.ts'

type Named<T> = Omit<T, 'node'> & { readonly node: string | null }

type LineRow = Pick<DemandLine, 'cancelled' | 'isCancelledWhole' | 'firstHeardAt'> & {
  readonly lastHeardAt?: number
  readonly aliases?: readonly string[]
  readonly terms: Named<LineTerms> | null
  readonly work: readonly ({ readonly node: string } & Partial<LineWork>)[]
  readonly sourcing?: NamedSourcing | null
}

type NamedSourcing = Pick<Sourcing, 'rank'> & {
  readonly nodes: readonly { readonly node: string; readonly quantity: number }[]
}

type ReservationRow = Omit<Reservation, 'id' | 'lines'> & {
  readonly lines: readonly {
    readonly line: string
    readonly sku: string
    readonly want: Named<LineWant>
    /** When the line was last heard of; older rows have a row of the line that tells. */
    readonly heardAt?: number
  }[]
}

/** Orders, holds and announced supply as rows: names instead of numbers, the rest as JSON. */
export class DemandRows {
  readonly #keep: Keeper

  constructor(keep: Keeper) {
    this.#keep = keep
  }

  save(books: Books): void {
    const { demand, supply, skus, nodes } = books
    this.#saveGone(books)
    // What is only held the reservation's own row tells.
    for (const it of demand.dirty)
      if (!isOnlyHeld(it))
        this.#keep.write('demand_line', [
          it.orderRef,
          it.line,
          skus.textOf(it.sku),
          JSON.stringify(lineRow(books, it)),
        ])
    const cancelled = demand.cancelledOrders()
    for (const orderRef of demand.dirtyCancelledOrders)
      this.#keep.write('cancelled_order', [orderRef, cancelled.get(orderRef)!])
    for (const it of demand.dirtyReservations)
      this.#keep.write('reservation', [it.id, JSON.stringify(reservationRow(books, it))])
    for (const flow of books.flows.dirty) this.#keep.write('flow', [flow.orderRef, flowRow(flow)])
    for (const { ref, sku, node, ...rest } of supply.dirty)
      this.#keep.write('supply', [ref, skus.textOf(sku), nodes.textOf(node), JSON.stringify(rest)])
  }

  #saveGone({ demand: { gone, finished } }: Books): void {
    for (const orderRef of gone.orderRefs)
      for (const table of ['demand_line', 'cancelled_order', 'flow'] as const)
        this.#keep.remove(table, orderRef)
    for (const id of gone.reservations) this.#keep.remove('reservation', id)
    if (finished.added.length > 0)
      this.#keep.write('finished_order', [null, new Uint8Array(Uint32Array.from(finished.added).buffer)])
  }

  clearDirty({ demand, supply, flows }: Books): void {
    demand.settle()
    flows.dirty.clear()
    supply.dirty.clear()
  }

  /** Positions hold what is in transit already. */
  load(books: Books): void {
    const { demand, supply, skus, nodes } = books
    for (const row of this.#keep.rows('finished_order'))
      demand.finished.restore(new Uint32Array((row['keys'] as Uint8Array).slice().buffer))
    for (const row of this.#keep.rows('cancelled_order'))
      demand.restoreCancelledOrder(row['order_ref'] as string, row['heard_at'] as number)
    for (const row of this.#keep.rows('demand_line')) demand.restoreLine(readLine(books, row))
    let awake = 0
    for (const row of this.#keep.rows('reservation')) {
      restoreReservation(books, row)
      if (++awake % AWAKE_MAX === 0) demand.settle()
    }
    for (const row of this.#keep.rows('flow')) restoreFlow(books, row)
    for (const row of this.#keep.rows('supply')) {
      const [sku, node] = [skus.idOf(row['sku'] as string), nodes.idOf(row['node'] as string)]
      supply.restore({ ref: row['ref'], sku, node, ...JSON.parse(row['body'] as string) } as Supply)
    }
  }
}

/** Of the holds that are read at a start no more than so many are objects at a time. */
const AWAKE_MAX = 1_000

const nodeName = ({ nodes }: Books, node: number): string | null => (node < 0 ? null : nodes.textOf(node))

const named = <T extends LineWant>(books: Books, want: T): Named<T> => ({
  ...want,
  node: nodeName(books, want.node),
})

const numbered = <T extends LineWant>({ nodes }: Books, want: Named<T>): T =>
  ({ ...want, node: want.node === null ? -1 : nodes.idOf(want.node) }) as unknown as T

function lineRow(
  books: Books,
  { terms, cancelled, isCancelledWhole, firstHeardAt, lastHeardAt, aliases, work, sourcing }: DemandLine,
): LineRow {
  return {
    terms: terms && named(books, terms),
    cancelled,
    isCancelledWhole,
    firstHeardAt,
    lastHeardAt,
    ...(aliases.length === 0 ? {} : { aliases }),
    work: [...work].map(([node, done]) => ({ node: books.nodes.textOf(node), ...done })),
    sourcing: sourcing && {
      rank: sourcing.rank,
      nodes: sourcing.nodes.map(({ node, quantity }) => ({ node: books.nodes.textOf(node), quantity })),
    },
  }
}

const flowRow = ({ parts }: Flow): string =>
  JSON.stringify([...parts].map(([node, steps]) => [node, [...steps]]))

function restoreFlow({ flows }: Books, row: Record<string, unknown>): void {
  const flow = flows.open(row['order_ref'] as string)
  const parts = JSON.parse(row['body'] as string) as [string, [never, never][]][]
  for (const [node, steps] of parts) flow.parts.set(node, new Map(steps))
}

function readLine(books: Books, row: Record<string, unknown>): DemandLine {
  const { terms, work, sourcing = null, ...rest } = JSON.parse(row['body'] as string) as LineRow
  return {
    orderRef: row['order_ref'] as string,
    line: row['line'] as string,
    sku: books.skus.idOf(row['sku'] as string),
    lastHeardAt: rest.firstHeardAt,
    aliases: [],
    ...rest,
    terms: terms && numbered<LineTerms>(books, terms),
    work: new Map(
      work.map(({ node, picked = 0, shipped = 0, short = 0 }) => [
        books.nodes.idOf(node),
        { picked, shipped, short },
      ]),
    ),
    sourcing: sourcing && {
      rank: sourcing.rank,
      nodes: sourcing.nodes.map(({ node, quantity }) => ({ node: books.nodes.idOf(node), quantity })),
    },
    holds: new FewMap(),
  }
}

/** Every hold is written once at least, so its parts are named: to copy what is left of an object costs more than the row. */
function reservationRow(books: Books, reservation: Reservation): ReservationRow {
  const { orderRef, expiresAt, isConfirmed, isEnded, isExpired, isLapsed, lines } = reservation
  return {
    orderRef,
    expiresAt,
    isConfirmed,
    isEnded,
    isExpired,
    isLapsed,
    lines: lines.map((it) => {
      const { quantity, asked, node, dueAt, demandClass } = it.holds.get(reservation)!
      return {
        line: it.line,
        sku: books.skus.textOf(it.sku),
        want: { quantity, asked, node: nodeName(books, node), dueAt, demandClass },
        heardAt: it.lastHeardAt,
      }
    }),
  }
}

function restoreReservation(books: Books, row: Record<string, unknown>): void {
  const { lines, orderRef, ...state } = JSON.parse(row['body'] as string) as ReservationRow
  const reservation = books.demand.reservation(row['id'] as string, orderRef)
  for (const { line, sku, want, heardAt = 0 } of lines)
    books.demand.hold(reservation, line, books.skus.idOf(sku), numbered<LineWant>(books, want), heardAt)
  books.demand.changeReservation(reservation, (it) => Object.assign(it, state))
}
