import type { ChannelFigure, FeedKind } from '../../shared/contract/feed-api.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import type { LaneLimits } from '../outbound/lane.ts'

/** A figure on its way to a channel, under what the channel calls the sku. */
export type Outgoing = {
  readonly figure: ChannelFigure
  /** Where the stream keeps it: a later one is newer. */
  readonly sequence: number
  /** Several where the channel lists one item more than once; none where it can't be named there. */
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
  /** Which of the map's codes of a sku it is told under, in its own form; all of them as they are when absent. */
  readonly named?: (codes: readonly string[]) => readonly string[]
  /** `key` is the same for the same batch, tried again. */
  readonly send: (batch: readonly Outgoing[], key: string, now: Instant) => Promise<Delivered>
}

/** The world failed: the channel did not answer, or not so that anyone knows what became of it. */
export class DeliveryFault extends Error {
  override readonly name = 'DeliveryFault'
}

/** Everything was taken. */
export const allTaken = (batch: readonly Outgoing[]): Delivered => ({
  taken: batch.map(({ figure }) => figure.sku),
  refused: [],
})

/** Whole units, of a measured item rounded down: what is not there in full is not offered. */
export const wholeUnits = (quantity: number, { decimals }: Pick<ChannelFigure, 'decimals'>): number =>
  Math.floor(quantity / 10 ** decimals)

/** A channel that knows items by ids of its own can't be told of one that no id is mapped for. */
export const unnamed = ({ figure }: Outgoing, what: string): RefusedFigure => ({
  sku: figure.sku,
  code: 'unknown-code',
  detail: `the code map of its source names no ${what} for it`,
})
