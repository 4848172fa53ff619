import type { ChannelFigure } from '../../shared/contract/feed-api.ts'
import { type Instant, parseInstant } from '../../shared/kernel/clock.ts'
import type { ChannelNow } from './channel-now.ts'

type Order = Pick<ChannelFigure, 'epoch' | 'version'>
type Told = ChannelNow & Order & { readonly sequence: number; readonly at: Instant }

/** What one channel was told, sku by sku, and what of it is still on its way. */
export class FeedBook {
  readonly #told = new Map<string, Told>()
  readonly #waiting = new Map<string, Instant>()
  readonly #done = new Map<string, Order & { readonly sequence: number }>()

  /** The figure as the stream keeps it; null for what it does not know. */
  told(sku: string): ChannelNow | null {
    return this.#told.get(sku) ?? null
  }

  /** Where the stream keeps it; 0 for what it does not know. */
  sequenceOf(sku: string): number {
    return this.#told.get(sku)?.sequence ?? 0
  }

  /** Since when the channel is owed a newer figure. */
  since(sku: string): Instant | null {
    return this.#waiting.get(sku) ?? null
  }

  noteTold(figure: ChannelFigure, sequence: number, isWaiting = true): void {
    const { sku, availableToSell, nodes, epoch, version, asOf, since } = figure
    this.#told.set(sku, { availableToSell, nodes, epoch, version, sequence, at: parseInstant(asOf)! })
    if (isWaiting && !this.#waiting.has(sku)) this.#waiting.set(sku, parseInstant(since)!)
  }

  /** The stream keeps something else of this sku than was thought: it is told anew, whatever it is. */
  forget(sku: string, sequence: number): void {
    const never = { availableToSell: Number.NaN, epoch: 0, version: -1, at: 0 }
    this.#told.set(sku, { ...never, sequence })
  }

  /** The channel has this one, or will not have it; a newer one may wait already. */
  noteDone({ sku, epoch, version }: ChannelFigure, sequence: number): void {
    this.#done.set(sku, { epoch, version, sequence })
    const told = this.#told.get(sku)
    if (told === undefined || told.sequence <= sequence) this.#waiting.delete(sku)
    else if (this.#waiting.has(sku)) this.#waiting.set(sku, told.at)
  }

  /** Everything up to this sequence is done with. */
  noteDoneUpTo(sequence: number): void {
    for (const sku of this.#waiting.keys()) if (this.sequenceOf(sku) <= sequence) this.#waiting.delete(sku)
  }

  /** Whether the channel has a newer figure than this one, or had this very one before its turn. */
  isOutdated({ sku, epoch, version }: ChannelFigure, sequence: number): boolean {
    const done = this.#done.get(sku)
    if (done === undefined || epoch > done.epoch) return false
    return epoch < done.epoch || version < done.version || sequence <= done.sequence
  }

  get waiting(): number {
    return this.#waiting.size
  }

  oldestMs(now: Instant): number {
    let oldest = now
    for (const since of this.#waiting.values()) oldest = Math.min(oldest, since)
    return now - oldest
  }

  skusTold(): Iterable<string> {
    return this.#told.keys()
  }
}
