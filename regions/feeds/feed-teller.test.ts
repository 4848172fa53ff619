import pino from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ChannelFigure } from '../../shared/contract/feed-api.ts'
import { Region } from '../../shared/domain/ids.ts'
import { Fenced } from '../../shared/node/nats.ts'
import { newEffects } from '../ledger/core/effects.ts'
import { fact } from '../ledger/core/given.ts'
import { Ledger } from '../ledger/core/ledger.ts'
import { skusIn } from '../ledger/core/scope-skus.ts'
import { FeedBook } from './feed-book.ts'
import { FeedTeller, type Listener } from './feed-teller.ts'

const START = Date.parse('2026-11-29T10:00:00.000Z')

/** The ledger of a region whose changes are told to a shop and a market; time passes when the test says so. */
class Told {
  now = START
  readonly put: ChannelFigure[] = []
  readonly urgent: string[] = []
  /** Of each subject what the stream keeps. */
  readonly kept = new Map<string, { sequence: number; figure: ChannelFigure }>()
  readonly listeners: readonly Listener[]
  readonly #ledger = new Ledger()
  #teller: FeedTeller | null = null
  #facts = 0
  #sequence = 0

  constructor() {
    this.listeners = ['shop', 'market'].map((channel) => {
      const book = new FeedBook()
      return {
        channel: channel as never,
        byNode: false,
        lists: (sku: string) => channel === 'shop' || sku !== 'UNLISTED',
        codes: () => ({ skus: new Map(), nodes: new Map() }),
        book,
        hear: (figure: ChannelFigure, sequence: number, isUrgent: boolean) => {
          book.noteTold(figure, sequence)
          if (isUrgent) this.urgent.push(figure.sku)
        },
      }
    })
    this.tell('source.upserted', 'wms', { role: 'wms', nodes: ['ber1'] })
    this.tell('node.upserted', 'ber1', { sells: true, source: 'wms' })
    this.#teller = new FeedTeller({
      ledger: this.#ledger,
      region: Region.parse('eu'),
      epoch: 3,
      stream: {
        put: async (figure, last) => this.#put(figure, last),
        latest: async (channel, sku) => this.kept.get(`${channel} ${sku}`) ?? null,
      },
      listeners: this.listeners,
      clock: { now: () => this.now },
      log: pino({ level: 'silent' }),
    })
  }

  #put(figure: ChannelFigure, last: number): number {
    const key = `${figure.channel} ${figure.sku}`
    if ((this.kept.get(key)?.sequence ?? 0) !== last) throw new Fenced('another')
    this.kept.set(key, { sequence: ++this.#sequence, figure })
    this.put.push(figure)
    return this.#sequence
  }

  tell(type: string, sku: string, data: Record<string, unknown>): void {
    const effects = newEffects()
    this.#ledger.apply(fact({ type, sku, at: this.now, id: `f${this.#facts++}`, data }), effects, this.now)
    this.#ledger.time.pass(this.now, effects)
    for (const it of skusIn(this.#ledger.books, effects.scopes)) effects.skus.add(it)
    this.#ledger.books.kits.spread(effects.skus)
    this.#teller?.mark(effects.skus)
  }

  policy(kind: string, scope: string, body: object): void {
    const said = { kind, scope, body: { ...body, author: 'a', reason: 'r' } }
    this.tell('policy.activated', `${kind}/${scope}`, said)
  }

  receive = (sku: string, quantity: number): void =>
    this.tell('stock.received', sku, { node: 'ber1', quantity })

  again = (channel: string, skus: string[]): void =>
    this.#teller!.again(
      this.listeners.find((it) => it.channel === channel)!,
      skus,
    )

  /** What is told within so long. */
  async within(ms: number): Promise<[string, string, number][]> {
    const from = this.put.length
    for (const until = this.now + ms; this.now < until; this.now += 100) await this.#teller!.look()
    return this.put.slice(from).map(({ channel, sku, availableToSell }) => [channel, sku, availableToSell])
  }
}

let told: Told
beforeEach(() => {
  told = new Told()
})

describe('channels are told', () => {
  beforeEach(() => {
    told.tell('item.upserted', 'X', { tier: 'B' })
  })

  test('of an item as soon as there is one, though there is nothing of it: who sells it may think otherwise', async () => {
    expect(await told.within(500)).toEqual([
      ['shop', 'X', 0],
      ['market', 'X', 0],
    ])
    expect(told.put[0]).toMatchObject({
      epoch: 3,
      version: 3,
      freshness: 'fresh',
      asOf: '2026-11-29T10:00:00.000Z',
    })
  })

  test('of many changes of one window once, and each of what it may sell', async () => {
    await told.within(500)
    told.policy('allocation', '*', { rules: [{ class: 'market', cap: 3 }] })
    for (let i = 0; i < 5; i++) told.receive('X', 2)
    expect(await told.within(5_000)).toEqual([
      ['shop', 'X', 10],
      ['market', 'X', 3],
    ])
    // The market's cap is what it was told: it hears nothing of this.
    told.receive('X', 1)
    expect(await told.within(5_000)).toEqual([['shop', 'X', 11]])
  })

  test('of a changed rule, of which no fact says which skus it reaches', async () => {
    told.receive('X', 9)
    await told.within(5_000)
    told.policy('allocation', '*', { rules: [{ class: 'market', buffer: 4 }] })
    expect(await told.within(5_000)).toEqual([['market', 'X', 5]])
  })

  test('of what stays within its band when half of its freshness is over, and at once of what is low', async () => {
    told.policy('tierSettings', 'tier:B', { windowMs: 1_000, freshForMs: 20_000, band: 5, lowStock: 10 })
    told.receive('X', 100)
    await told.within(5_000)
    told.receive('X', 3)
    expect(await told.within(9_000)).toEqual([])
    expect(await told.within(3_000)).toEqual([
      ['shop', 'X', 103],
      ['market', 'X', 103],
    ])
    told.tell('stock.shipped', 'X', { node: 'ber1', quantity: 98 })
    expect(await told.within(2_000)).toHaveLength(2)
  })

  test('urgently of what is of tier A, and of what is gone that they still offer', async () => {
    told.tell('item.upserted', 'HOT', { tier: 'A' })
    told.receive('X', 5)
    await told.within(5_000)
    expect(new Set(told.urgent)).toEqual(new Set(['HOT']))
    told.receive('X', 5)
    await told.within(5_000)
    told.tell('stock.shipped', 'X', { node: 'ber1', quantity: 10 })
    await told.within(5_000)
    expect(told.urgent.filter((sku) => sku === 'X')).toEqual(['X', 'X'])
  })

  test('of nothing that they do not list', async () => {
    told.tell('item.upserted', 'UNLISTED', { tier: 'B' })
    expect((await told.within(5_000)).filter(([, sku]) => sku === 'UNLISTED')).toEqual([
      ['shop', 'UNLISTED', 0],
    ])
  })

  test('once more when they are to be told whatever they have', async () => {
    await told.within(500)
    told.again('market', ['X'])
    expect(await told.within(5_000)).toEqual([['market', 'X', 0]])
  })
})

describe('the stream', () => {
  test('that has another figure than ours, by a writer before us, gets ours over it', async () => {
    told.tell('item.upserted', 'X', { tier: 'B' })
    await told.within(500)
    const { figure, sequence } = told.kept.get('shop X')!
    told.kept.set('shop X', { sequence: sequence + 10, figure: { ...figure, epoch: 2, availableToSell: 99 } })
    told.receive('X', 1)
    await told.within(5_000)
    expect(told.kept.get('shop X')!.figure).toMatchObject({ epoch: 3, availableToSell: 1 })
  })

  test('that a later writer writes to is left alone', async () => {
    told.tell('item.upserted', 'X', { tier: 'B' })
    await told.within(500)
    const { figure, sequence } = told.kept.get('shop X')!
    told.kept.set('shop X', { sequence: sequence + 10, figure: { ...figure, epoch: 4, availableToSell: 99 } })
    told.receive('X', 1)
    await told.within(5_000)
    expect(told.kept.get('shop X')!.figure).toMatchObject({ epoch: 4, availableToSell: 99 })
  })
})
