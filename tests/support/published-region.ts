import pino from 'pino'
import { newEffects } from '../../regions/ledger/core/effects.ts'
import { fact } from '../../regions/ledger/core/given.ts'
import { Ledger } from '../../regions/ledger/core/ledger.ts'
import { skusIn } from '../../regions/ledger/core/scope-skus.ts'
import { EdgeClient } from '../../regions/snapshots/edge-client.ts'
import { Publisher } from '../../regions/snapshots/publisher.ts'
import { ShardBuilder } from '../../regions/snapshots/shard-builder.ts'
import { Region } from '../../shared/domain/ids.ts'

const NODE = 'ber1'
export const EU = Region.parse('eu')

type Told = { readonly from: number; readonly figure: number }

/**
 * A ledger and its publisher without the rest of a hub, and beside it the truth in the test's own arithmetic: what was in
 * stock of each sku, and from when on.
 */
export class PublishedRegion {
  readonly ledger = new Ledger()
  readonly shardCount: number
  publisher: Publisher
  /** Of writers to come: a fresh start of more goes in parts. */
  partBytesMax: number | undefined
  readonly #edge: { url: string; secret: string }
  readonly #truth = new Map<string, Told[]>()
  #epoch = 0
  #moves = 0

  constructor(edge: { url: string; secret: string }, shardCount: number) {
    this.#edge = edge
    this.shardCount = shardCount
    this.#tell('source.upserted', 'wms', { role: 'wms', nodes: [NODE] })
    this.#tell('node.upserted', NODE, { sells: true, source: 'wms' })
    this.publisher = this.#newWriter()
  }

  /** The windows of the tiers; what is published counts as fresh for a while after. */
  windows(windowMs: Readonly<Record<'A' | 'B' | 'C', number>>): void {
    for (const [tier, ms] of Object.entries(windowMs))
      this.#tell('policy.activated', `tierSettings/tier:${tier}`, {
        kind: 'tierSettings',
        scope: `tier:${tier}`,
        body: { windowMs: ms, freshForMs: 60_000, author: 'a.planner', reason: 'as the test needs it' },
      })
  }

  item(sku: string, tier: 'A' | 'B' | 'C'): void {
    this.#tell('item.upserted', sku, { baseUom: 'EA', tier })
    this.#note(sku, 0)
  }

  /** More, or fewer, of a sku. Never below 0, so that the figure is what was moved. */
  move(sku: string, by: number): void {
    const quantity = Math.max(by, -this.figure(sku))
    if (quantity === 0) return
    this.#tell(quantity > 0 ? 'stock.received' : 'stock.shipped', sku, {
      node: NODE,
      quantity: Math.abs(quantity),
    })
    this.#note(sku, this.figure(sku) + quantity)
  }

  figure = (sku: string): number => this.#truth.get(sku)?.at(-1)?.figure ?? 0

  get skus(): string[] {
    return [...this.#truth.keys()]
  }

  /** Whether the figure was right at some moment of `from` to `to`: an answer as of `from` may be newer, not older. */
  wasRight(sku: string, figure: number, from: number, to: number): boolean {
    const told = this.#truth.get(sku) ?? []
    return told.some(
      (it, i) =>
        it.figure === figure && it.from <= to && (told[i + 1]?.from ?? Number.POSITIVE_INFINITY) >= from,
    )
  }

  digests(): Promise<string[]> {
    const builder = new ShardBuilder(this.ledger, EU, this.shardCount)
    return builder.digests(
      () => false,
      () => false,
    )
  }

  start(): void {
    this.publisher.start()
  }

  /** Another writer of the same region, as after a takeover. */
  async anotherWriter(): Promise<void> {
    await this.publisher.stop()
    this.publisher = this.#newWriter()
    this.publisher.start()
  }

  #newWriter(): Publisher {
    const clock = { now: () => Date.now() }
    const { url, secret } = this.#edge
    return new Publisher({
      ledger: this.ledger,
      edge: new EdgeClient({ url, keyId: 'k1', secret }, EU, clock),
      clock,
      log: pino({ level: 'silent' }),
      region: EU,
      epoch: ++this.#epoch,
      shardCount: this.shardCount,
      onDigests: () => {},
      ...(this.partBytesMax === undefined ? {} : { partBytesMax: this.partBytesMax }),
    })
  }

  #tell(type: string, subject: string, data: Record<string, unknown>): void {
    const now = Date.now()
    const effects = newEffects()
    const it = fact({ type, sku: subject, source: 'wms', at: now, id: `f${++this.#moves}`, data })
    if (this.ledger.apply(it, effects, now) !== 'accepted')
      throw new Error(`not accepted: ${type} ${subject}`)
    this.ledger.time.pass(now, effects)
    const { books } = this.ledger
    for (const sku of skusIn(books, effects.scopes)) effects.skus.add(sku)
    books.kits.spread(effects.skus)
    this.publisher?.mark(effects.skus)
  }

  #note(sku: string, figure: number): void {
    const told = this.#truth.get(sku) ?? []
    told.push({ from: Date.now(), figure })
    this.#truth.set(sku, told)
  }
}
