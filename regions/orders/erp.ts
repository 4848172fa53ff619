import type { Result } from '../../shared/kernel/result.ts'

/**
 * The ERP as the order workflow sees it. An order is posted per fulfilment node: (orderRef, node) is its key, so that a
 * workflow which splits an order over two nodes posts two, and a retry after a lost answer never posts one twice.
 *
 * A refusal is a value with a stable code: the ERP understood and said no, or not now. Whatever else goes wrong is an
 * `ErpFault`: nothing is known of what became of the call, and repeating it is safe.
 */
export type ErpPort = {
  /**
   * Makes the order binding in the ERP. Repeating it answers the same number and changes nothing. One that was called off is
   * refused, unless a higher revision says that it is wanted again.
   */
  readonly postOrder: (order: ErpOrder) => Promise<Result<PostedOrder, ErpRefusal>>
  /**
   * States anew all that is wanted of an order that was posted: more, less, other lines. What was picked stays; where less is
   * wanted than was picked it is refused (`already-picked`). Repeating it changes nothing.
   */
  readonly changeOrder: (order: ErpOrder) => Promise<Result<PostedOrder, ErpRefusal>>
  /** Has the ERP set goods aside for the order; what it could not set aside is said, and what it could is kept. */
  readonly assignOrder: (key: ErpOrderKey) => Promise<Result<Assignment, ErpRefusal>>
  /** Calls the order off, as long as nothing of it was picked. Repeating it is no error. */
  readonly cancelOrder: (key: ErpOrderKey) => Promise<Result<CancelledOrder, ErpRefusal>>
  /** What the ERP says of the order now; null when it knows none. */
  readonly readOrder: (key: ErpOrderKey) => Promise<Result<ErpOrderState | null, ErpRefusal>>
}

export type ErpOrderKey = {
  readonly orderRef: string
  readonly node: string
  /** How often what is wanted was stated anew: a word of a lower one is out of date. Absent is 0, the first. */
  readonly revision?: number
}

export type ErpOrder = ErpOrderKey & {
  readonly channel: string
  readonly lines: readonly ErpOrderLine[]
  /** When the goods should leave; absent is as soon as possible. RFC 3339. */
  readonly dueAt?: string
}

/** Quantities are in base units, as everywhere (minor units where the item declares decimals). */
type ErpOrderLine = { readonly line: string; readonly sku: string; readonly quantity: number }

export type PostedOrder = {
  readonly erpNumber: string
  /** False when the ERP had it already: this call was a repetition. */
  readonly isNew: boolean
  /** Questions the ERP asked on the way and that were answered yes, word for word: someone may want to know. */
  readonly warnings: readonly string[]
}

export type Assignment = {
  readonly status: 'assigned' | 'partial' | 'none'
  /** Per line and sku: a kit's line has an entry for each component. */
  readonly lines: readonly {
    readonly line: string
    readonly sku: string
    readonly ordered: number
    readonly assigned: number
  }[]
}

export type CancelledOrder = { readonly erpNumber: string; readonly wasCancelledBefore: boolean }

export type ErpOrderState = {
  readonly erpNumber: string
  readonly status: 'open' | 'picked' | 'shipped' | 'cancelled'
  /** What left, per line and sku. */
  readonly shipped: readonly { readonly line: string; readonly sku: string; readonly quantity: number }[]
}

export type ErpRefusal = {
  readonly code: ErpRefusalCode
  /** For an operator at 3 a.m., in the ERP's own words where it has some. */
  readonly detail: string
  /** With `busy`: not before this many milliseconds from now. */
  readonly retryAfterMs?: number
}

type ErpRefusalCode =
  /** The ERP is overloaded or limits us. The only refusal that passes by itself. */
  | 'busy'
  | 'unknown-sku'
  | 'unknown-node'
  | 'unknown-customer'
  /** The quantity can't be said in the ERP's unit without rounding. */
  | 'not-exact'
  | 'unknown-order'
  /** It is there under the same key, with other lines. */
  | 'different-order'
  | 'order-cancelled'
  | 'already-picked'
  /** A rule of the ERP: its words are in `detail`. */
  | 'rejected'

/** The world failed: no connection, no answer in time, an answer nobody can read, credentials refused. */
export class ErpFault extends Error {
  override readonly name = 'ErpFault'
  readonly kind: 'unreachable' | 'timed-out' | 'unreadable' | 'credentials' | 'failed'

  constructor(kind: ErpFault['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
