import type { Logger } from 'pino'
import type { FeedStatus } from '../../shared/contract/feed-api.ts'
import type { Region } from '../../shared/domain/ids.ts'
import type { Clock } from '../../shared/kernel/clock.ts'
import type { Random } from '../../shared/kernel/random.ts'
import { unreachable } from '../../shared/kernel/invariant.ts'
import { type Bus, type KeyValue, openKeyValue } from '../../shared/node/nats.ts'
import type { ExceptionBook } from '../inbox/exception-book.ts'
import type { MasterBook } from '../ledger/core/master-book.ts'
import type { Ledger } from '../ledger/core/ledger.ts'
import { ChannelFeed, sourceOf } from './channel-feed.ts'
import type { Destination } from './destination.ts'
import { amazon } from './destinations/amazon.ts'
import { shopify } from './destinations/shopify.ts'
import { walmart } from './destinations/walmart.ts'
import { webhook } from './destinations/webhook.ts'
import { wooCommerce } from './destinations/woocommerce.ts'
import { x12 } from './destinations/x12-846.ts'
import { FeedBook } from './feed-book.ts'
import type { FeedConfig } from './feed-config.ts'
import { FeedStream } from './feed-stream.ts'
import { FeedTeller, type Listener } from './feed-teller.ts'
import { foreignCodesOf, type ForeignCodes } from './foreign-codes.ts'
import { skuOfRefused, refusedId, refusedLetter } from './refused-letter.ts'

/** Which feeds are paused: said once for all processes of the region. */
const BUCKET = 'FEED_PAUSES'
const AGAIN_MS = 1_000

type Parts = {
  readonly configs: readonly FeedConfig[]
  readonly bus: Bus
  readonly region: Region
  readonly epoch: number
  readonly ledger: Ledger
  readonly exceptions: ExceptionBook
  readonly isHeld: () => boolean
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

type Fed = { readonly listener: Listener; readonly feed: ChannelFeed }

/** The channels that a region feeds; only its writer does. A channel that fails holds up no other. */
export class Feeds {
  readonly #parts: Parts
  readonly #stream: FeedStream
  readonly #fed: ReadonlyMap<string, Fed>
  readonly #teller: FeedTeller
  #pauses: KeyValue | null = null
  #opening: Promise<void> | null = null
  #stopped = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#stream = new FeedStream(parts.bus, parts.region)
    this.#fed = new Map(parts.configs.map((config) => [config.channel, this.#fedBy(config)]))
    this.#teller = new FeedTeller({
      ...parts,
      stream: this.#stream,
      listeners: [...this.#fed.values()].map(({ listener }) => listener),
    })
  }

  /** The figures of these skus may be others now. */
  mark(skus: Iterable<number>): void {
    if (this.#fed.size > 0) this.#teller.mark(skus)
  }

  statuses(): FeedStatus[] {
    return [...this.#fed.values()].map(({ feed }) => feed.status())
  }

  /** Null where no such channel is fed; so of the steps below. */
  status(channel: string): FeedStatus | null {
    return this.#fed.get(channel)?.feed.status() ?? null
  }

  /** Nothing is sent until it is resumed, whoever writes for the region then; what changes meanwhile waits. */
  async pause(channel: string): Promise<FeedStatus | null> {
    return this.#setPaused(channel, true)
  }

  async resume(channel: string): Promise<FeedStatus | null> {
    return this.#setPaused(channel, false)
  }

  /** Tells the channel of these skus, or of all that it lists, whatever it has. */
  resend(channel: string, skus?: readonly string[]): FeedStatus | null {
    const fed = this.#fed.get(channel)
    if (!fed) return null
    const { lists } = fed.listener
    const items = skus ?? [...this.#parts.ledger.books.master.all('item').keys()]
    this.#teller.again(fed.listener, items.filter(lists))
    return fed.feed.status()
  }

  /** A figure that was refused is told anew, as it is now. False when the letter is of no channel that is fed. */
  again(letterId: string): boolean {
    const refused = skuOfRefused(letterId)
    const fed = refused && this.#fed.get(refused.channel)
    if (!fed) return false
    this.#teller.again(fed.listener, [refused.sku])
    return true
  }

  start(): void {
    this.#opening = this.#open()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#opening
    await this.#teller.stop()
    await Promise.all([...this.#fed.values()].map(({ feed }) => feed.stop()))
  }

  /** Nobody waits for it: what is marked meanwhile is told when the stream has been read. */
  async #open(): Promise<void> {
    const { bus, log } = this.#parts
    while (!this.#stopped) {
      try {
        await this.#stream.keepOnly([...this.#fed.keys()])
        if (this.#fed.size === 0) return
        this.#pauses = await openKeyValue(bus, BUCKET)
        for (const [channel, { feed }] of this.#fed) {
          feed.isPaused = (await this.#pauses.get(channel))?.value === 'paused'
          await feed.open()
        }
        break
      } catch (error) {
        log.warn({ error: String(error) }, 'the feeds could not be opened; trying on')
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
    if (this.#stopped) return
    this.#teller.markAll()
    this.#teller.start()
    for (const { feed } of this.#fed.values()) feed.start()
  }

  async #setPaused(channel: string, isPaused: boolean): Promise<FeedStatus | null> {
    const fed = this.#fed.get(channel)
    if (!fed) return null
    const pauses = (this.#pauses ??= await openKeyValue(this.#parts.bus, BUCKET))
    const entry = await pauses.get(channel)
    await pauses.put(channel, isPaused ? 'paused' : '', entry?.revision ?? 0)
    fed.feed.isPaused = isPaused
    return fed.feed.status()
  }

  #fedBy(config: FeedConfig): Fed {
    const { ledger, exceptions, clock } = this.#parts
    const { channel } = config
    const destination = destinationOf(config)
    const book = new FeedBook()
    const codes = (): ForeignCodes => codesOf(config, ledger.books.master)
    const feed = new ChannelFeed({
      ...this.#parts,
      config,
      destination,
      stream: this.#stream,
      book,
      codes,
      onOvertaken: (sku) => this.#teller.again(this.#fed.get(channel)!.listener, [sku]),
      onRefused: (refused, figure) =>
        exceptions.keep(refusedId(figure), refusedLetter(sourceOf(config), refused, figure, clock.now())),
      onTaken: (sku) => {
        const id = refusedId({ channel, sku })
        if (exceptions.isOpen(id)) exceptions.settle(id, 'replayed')
      },
    })
    return {
      feed,
      listener: {
        channel,
        byNode: destination.byNode,
        book,
        hear: (figure, sequence, isUrgent) => feed.hear(figure, sequence, isUrgent),
        codes,
        lists: listsOf(config, destination, codes),
      },
    }
  }
}

/** Whether a channel is told of a sku: who knows items by ids of its own can only be told of those that have one. */
function listsOf(
  config: Pick<FeedConfig, 'kind' | 'skus'>,
  { named = (codes) => codes }: Pick<Destination, 'named'>,
  codes: () => ForeignCodes,
): (sku: string) => boolean {
  const { skus = config.kind === 'shopify' ? 'mapped' : 'all' } = config
  return (sku) => skus !== 'mapped' || named(codes().skus.get(sku) ?? []).length > 0
}

const codesOf = ({ source }: FeedConfig, master: MasterBook): ForeignCodes =>
  foreignCodesOf(source === undefined ? undefined : master.mapping(source))

function destinationOf(config: FeedConfig): Destination {
  switch (config.kind) {
    case 'webhook':
      return webhook(config)
    case 'shopify':
      return shopify(config)
    case 'woocommerce':
      return wooCommerce(config)
    case 'walmart':
      return walmart(config)
    case 'amazon':
      return amazon(config)
    case 'x12':
      return x12(config)
    default:
      return unreachable(config)
  }
}
