import type { ChannelFigure, FeedKind } from '../../shared/contract/feed-api.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import type { LaneLimits } from '../outbound/lane.ts'

/** A figure on its way to a channel, under what the channel calls the sku. */
export type Outgoing = {
  readonly figure: ChannelFigure
  /** Several where the channel lists one item more than once. */
  readonly codes: readonly string[]
  /** What the channel calls our nodes, by node; of one that is not in it nothing is told. */
  readonly places: ReadonlyMap<string, string>
}

/** A figure that the channel will not have: sending it once more would change nothing. */
export type RefusedFigure = { readonly sku: string; readonly code: string; readonly detail: string }

/**
 * What became of a batch. What is neither taken nor refused has to be sent again: after `busy` says so, or at once in halves
 * where the whole was `unfit` and nobody said for which of it.
 */
export type Delivered = {
  readonly taken: readonly string[]
  readonly refused: readonly RefusedFigure[]
  readonly busy?: { readonly retryAfterMs: number; readonly detail: string }
  readonly unfit?: { readonly code: string; readonly detail: string }
}

/** Where a channel is told what it may sell. It throws a DeliveryFault where it is open what became of a batch. */
export type Destination = {
  readonly kind: FeedKind
  /** Figures in one batch, and how fast batches may follow each other, by the vendor's own limits. */
  readonly batchMax: number
  readonly limits: LaneLimits
  /** Whether it is told by node; otherwise one figure a sku. */
  readonly byNode: boolean
  /** Whether it knows a sku by this code; any of the map when absent. */
  readonly isCode?: (code: string) => boolean
  /** `key` is the same for the same batch, tried again. */
  readonly send: (batch: readonly Outgoing[], key: string, now: Instant) => Promise<Delivered>
}

/** The world failed: the channel did not answer, or not so that anyone knows what became of it. */
export class DeliveryFault extends Error {
  override readonly name = 'DeliveryFault'
}
