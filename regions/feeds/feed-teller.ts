import type { Logger } from 'pino'
import type { ChannelFigure } from '../../shared/contract/feed-api.ts'
import type { Rules } from '../../shared/contract/push.ts'
import type { Channel, Region, Sku } from '../../shared/domain/ids.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import { type Clock, formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import { Fenced } from '../../shared/node/nats.ts'
import { CurrentRules } from '../ledger/core/current-rules.ts'
import { truthOf } from '../ledger/core/figure-truth.ts'
import { figuresOf, type SkuFigures } from '../ledger/core/figures.ts'
import type { Ledger } from '../ledger/core/ledger.ts'
import { skusIn } from '../ledger/core/scope-skus.ts'
import { snapshotRowOf } from '../ledger/core/snapshot-row.ts'
import { tierOf } from '../ledger/core/tier-of.ts'
import { type Band, NO_BAND } from '../snapshots/publish-band.ts'
import { type ChannelNow, channelNow, movedFrom } from './channel-now.ts'
import { type DueSku, DueSkus } from './due-skus.ts'
import type { FeedBook } from './feed-book.ts'
import type { FeedStream } from './feed-stream.ts'
import type { ForeignCodes } from './foreign-codes.ts'
import { changedScopes, renamedSkus } from './what-changed.ts'

/** Worked out and put at once: few, as no hold is decided meanwhile. */
const AT_ONCE = 50
const LOOK_EVERY_MS = 10
/** A stream that takes nothing is not asked at every look. */
const AGAIN_MS = 1_000

/** A channel that is told. */
export type Listener = {
  readonly channel: Channel
  readonly byNode: boolean
  readonly lists: (sku: string) => boolean
  /** Its names of our skus and nodes, as they are now. */
  readonly codes: () => ForeignCodes
  readonly book: FeedBook
  /** The stream keeps a newer figure for it. */
  readonly hear: (figure: ChannelFigure, sequence: number, isUrgent: boolean) => void
}

type Parts = {
  readonly ledger: Ledger
  readonly region: Region
  readonly epoch: number
  readonly stream: Pick<FeedStream, 'put' | 'latest'>
  readonly listeners: readonly Listener[]
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Says what each channel has to know: of skus whose figures may be others it works out what each channel may sell, by the
 * function that the edge answers with, and puts into FEEDS what is another than the channel was told.
 */
export class FeedTeller {
  readonly #parts: Parts
  readonly #due: DueSkus
  readonly #rules: CurrentRules
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> | null = null
  #isFailing = false
  #notBefore: Instant = 0
  #allocation: Rules['allocation'] | null = null
  readonly #codes = new Map<Listener, ForeignCodes>()

  constructor(parts: Parts) {
    this.#parts = parts
    this.#due = new DueSkus((tier) => parts.ledger.books.master.tierSettings(tier))
    this.#rules = new CurrentRules(parts.ledger)
  }

  /** The figures of these skus may be others now. */
  mark(skus: Iterable<number>): void {
    const { books } = this.#parts.ledger
    const now = this.#parts.clock.now()
    for (const sku of skus) this.#due.mark(sku, tierOf(books, sku, now), now)
  }

  /** Every item: a channel may have to know of any of them. */
  markAll(): void {
    const { skus, master } = this.#parts.ledger.books
    this.mark([...master.all('item').keys()].map((sku) => skus.find(sku)).filter((sku) => sku >= 0))
  }

  /** Tells a channel of these skus whatever it was told before. */
  again(listener: Listener, skus: Iterable<string>): void {
    const { books } = this.#parts.ledger
    const known: number[] = []
    for (const sku of skus) {
      listener.book.forget(sku, listener.book.sequenceOf(sku))
      const found = books.skus.find(sku)
      if (found >= 0) known.push(found)
    }
    this.mark(known)
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.look().finally(() => (this.#looking = null))
    }, LOOK_EVERY_MS)
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.#looking
  }

  /** Puts what is due; what could not be put stays due. */
  async look(): Promise<void> {
    if (this.#parts.clock.now() < this.#notBefore) return
    this.#lookForChanges()
    const startedAt = this.#parts.clock.now()
    const due = this.#due.take(startedAt, AT_ONCE)
    if (due.length === 0) return
    await Promise.all(due.map((it) => this.#tell(it)))
    // Half of the time is left to whatever else the process does: what is due meanwhile goes together.
    const now = this.#parts.clock.now()
    this.#notBefore = Math.max(this.#notBefore, now + (now - startedAt))
  }

  /** Of rules and names no fact says which skus they reach. */
  #lookForChanges(): void {
    const { listeners, ledger } = this.#parts
    const { allocation } = this.#rules.get()
    const scopes = changedScopes(this.#allocation ?? allocation, allocation)
    if (scopes.size > 0) this.mark(skusIn(ledger.books, scopes))
    this.#allocation = allocation
    for (const listener of listeners) {
      const codes = listener.codes()
      const renamed = renamedSkus(this.#codes.get(listener) ?? codes, codes, listener.book.skusTold())
      if (renamed.size > 0) this.again(listener, renamed)
      this.#codes.set(listener, codes)
    }
  }

  async #tell(due: DueSku): Promise<void> {
    const { ledger, listeners, clock, log } = this.#parts
    const sku = ledger.books.skus.textOf(due.sku)
    if (ledger.books.master.item(sku) === undefined) return
    const theirs = listeners.filter((it) => it.lists(sku))
    if (theirs.length === 0) return
    const figures = figuresOf(ledger.books, due.sku, clock.now())
    const row = snapshotRowOf(figures)
    const rules = this.#rules.get()
    const band = due.exactly ? NO_BAND : this.#bandOf(figures.tier)
    const moved = theirs.map((listener) => {
      const now = channelNow(row, rules, listener.channel, listener.byNode)
      return { listener, now, how: movedFrom(listener.book.told(sku), now, band) }
    })
    if (moved.some(({ how }) => how === 'small')) this.#due.hold(due)
    else this.#due.letGo(due)
    try {
      const toTell = moved.filter(({ how }) => how === 'moved')
      await Promise.all(toTell.map(({ listener, now }) => this.#put(listener, due, figures, now)))
      if (toTell.length > 0 && this.#isFailing) log.info('figures for channels are taken again')
      if (toTell.length > 0) this.#isFailing = false
    } catch (error) {
      this.#due.putBack(due)
      this.#notBefore = clock.now() + AGAIN_MS
      if (!this.#isFailing)
        log.warn({ error: String(error) }, 'a figure for a channel could not be put; trying on')
      this.#isFailing = true
    }
  }

  async #put(listener: Listener, due: DueSku, figures: SkuFigures, now: ChannelNow): Promise<void> {
    const { book, channel } = listener
    const { sku } = figures
    const figure = this.#figure(listener, due, figures, now)
    try {
      const before = book.told(sku)?.availableToSell ?? 0
      const sequence = await this.#parts.stream.put(figure, book.sequenceOf(sku))
      // Who still offers what is gone sells it: that is as urgent as whatever is of tier A.
      listener.hear(figure, sequence, due.tier === 'A' || (before > 0 && figure.availableToSell === 0))
    } catch (error) {
      if (!(error instanceof Fenced)) throw error
      // An acknowledgement of ours that was lost, or a writer that does not know yet that it is none.
      const kept = await this.#parts.stream.latest(channel, sku)
      if (kept?.figure && kept.figure.epoch > this.#parts.epoch) throw error
      book.forget(sku, kept?.sequence ?? 0)
      this.#due.putBack(due)
    }
  }

  #figure({ channel, book }: Listener, due: DueSku, figures: SkuFigures, now: ChannelNow): ChannelFigure {
    const { ledger, region, epoch, clock } = this.#parts
    const { sku } = figures
    return {
      region,
      channel,
      sku: sku as Sku,
      availableToSell: now.availableToSell,
      decimals: ledger.books.master.item(sku)?.decimals ?? 0,
      ...(now.nodes === undefined ? {} : { nodes: now.nodes as ChannelFigure['nodes'] }),
      epoch,
      version: ledger.sequence,
      asOf: formatInstant(clock.now()),
      since: formatInstant(book.since(sku) ?? due.since),
      ...truthOf(figures),
    }
  }

  #bandOf(tier: Tier): Band {
    const { band = 0, lowStock = band } = this.#parts.ledger.books.master.tierSettings(tier)
    return { band, lowStock }
  }
}
