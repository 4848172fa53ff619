import pino from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import type { ChannelFigure } from '../../shared/contract/feed-api.ts'
import { seededRandom } from '../../shared/kernel/random.ts'
import type { JsMsg } from '../../shared/node/nats.ts'
import { ChannelFeed } from './channel-feed.ts'
import { allTaken, type Delivered, DeliveryFault, type Outgoing } from './destination.ts'
import { FeedBook } from './feed-book.ts'
import { outgoing } from './given.ts'

/** What the stream keeps, and what was done with it: the newest of each sku, those that came back before the rest. */
class Kept {
  readonly messages = new Map<
    string,
    { seq: number; figure: ChannelFigure; state: 'new' | 'taken' | 'done' }
  >()
  sequence = 0

  put(figure: ChannelFigure): number {
    this.messages.set(figure.sku, { seq: ++this.sequence, figure, state: 'new' })
    return this.sequence
  }

  taker = {
    take: async (most: number): Promise<JsMsg[]> =>
      [...this.messages.values()]
        .filter(({ state }) => state === 'new')
        .sort((a, b) => a.seq - b.seq)
        .slice(0, most)
        .map((it) => {
          it.state = 'taken'
          return {
            seq: it.seq,
            data: new TextEncoder().encode(JSON.stringify(it.figure)),
            ack: () => (it.state = 'done'),
            nak: () => (it.state = it.state === 'taken' ? 'new' : it.state),
          } as unknown as JsMsg
        }),
    state: async () => ({ doneUpTo: 0, takenUpTo: this.sequence, open: 0, doneAt: null }),
  }
}

const running: ChannelFeed[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((feed) => feed.stop()))
})

function feeding(
  send: (batch: readonly Outgoing[]) => Promise<Delivered>,
  { isHeld = (): boolean => true } = {},
) {
  const [kept, book] = [new Kept(), new FeedBook()]
  const overtaken: string[] = []
  const feed = new ChannelFeed({
    config: { channel: 'shop' as never },
    destination: {
      kind: 'webhook',
      batchMax: 10,
      limits: { perSecond: 1_000, burst: 1_000, concurrency: 1 },
      byNode: false,
      send,
    },
    stream: { taker: async () => kept.taker, eachKept: async () => {} },
    book,
    codes: () => ({ skus: new Map(), nodes: new Map() }),
    onOvertaken: (sku) => overtaken.push(sku),
    onRefused: () => {},
    onTaken: () => {},
    epoch: 3,
    isHeld,
    clock: { now: () => Date.now() },
    random: seededRandom('feed'),
    log: pino({ level: 'silent' }),
  })
  running.push(feed)
  const tell = (sku: string, version: number, isUrgent = false): void => {
    const { figure } = outgoing(sku, version, { figure: { version, epoch: 3 } })
    feed.hear(figure, kept.put(figure), isUrgent)
  }
  return { feed, kept, book, tell, overtaken }
}
const until = (isSo: () => boolean): Promise<void> =>
  expect.poll(isSo, { timeout: 5_000, interval: 5 }).toBe(true)

describe('what a channel is owed', () => {
  test('is sent as it is then: what has become newer meanwhile takes the place of what could not be delivered', async () => {
    const sent: [string, number][][] = []
    let isDown = true
    const { feed, book, tell } = feeding(async (batch) => {
      if (isDown) throw new DeliveryFault('down')
      sent.push(batch.map(({ figure }) => [figure.sku, figure.version]))
      return allTaken(batch)
    })
    await feed.open()
    tell('X', 1)
    tell('Y', 1)
    feed.start()
    await until(() => feed.status().failed > 0)
    tell('X', 2)
    expect(feed.status()).toMatchObject({ status: 'down', waiting: 2, lastError: 'down' })
    isDown = false
    await until(() => book.waiting === 0)
    expect(sent).toEqual([
      [
        ['Y', 1],
        ['X', 2],
      ],
    ])
    expect(feed.status()).toMatchObject({ status: 'ok', delivered: 2, lastError: null })
  })

  test('is never sent by a process that may write no more', async () => {
    const sent: number[] = []
    let isHeld = false
    const { feed, book, tell } = feeding(
      async (batch) => {
        sent.push(...batch.map(({ figure }) => figure.version))
        return allTaken(batch)
      },
      { isHeld: () => isHeld },
    )
    await feed.open()
    tell('X', 1)
    feed.start()
    await new Promise((resolve) => setTimeout(resolve, 100))
    tell('X', 2)
    expect(sent).toEqual([])
    isHeld = true
    await until(() => book.waiting === 0)
    expect(sent).toEqual([2])
  })

  test('is told anew where an earlier writer put an older figure over ours', async () => {
    const sent: number[] = []
    const { feed, kept, book, tell, overtaken } = feeding(async (batch) => {
      sent.push(...batch.map(({ figure }) => figure.version))
      return allTaken(batch)
    })
    await feed.open()
    tell('X', 7)
    feed.start()
    await until(() => book.waiting === 0)
    const late = outgoing('X', 9, { figure: { version: 9, epoch: 2 } }).figure
    kept.put(late)
    book.noteTold(outgoing('Y', 1).figure, 99)
    feed.wake()
    await until(() => overtaken.length > 0)
    expect([sent, overtaken]).toEqual([[7], ['X']])
  })

  test('goes in halves where the whole is not fit, until the one that is not is found', async () => {
    const sizes: number[] = []
    const { feed, book, tell } = feeding(async (batch) => {
      sizes.push(batch.length)
      const isFit = batch.every(({ figure }) => figure.sku !== 'S5')
      return isFit ? allTaken(batch) : { taken: [], refused: [], unfit: { code: 'http-422', detail: 'no' } }
    })
    await feed.open()
    for (let i = 0; i < 8; i++) tell(`S${i}`, 1)
    feed.start()
    await until(() => book.waiting === 0)
    expect(feed.status()).toMatchObject({ delivered: 7, refused: 1, status: 'ok' })
    expect(sizes).toEqual([8, 4, 4, 2, 1, 2, 1, 2])
  })

  test('and may not wait goes before its turn, once, and leaves turns to the rest', async () => {
    const sent: string[] = []
    const { feed, kept, book, tell } = feeding(async (batch) => {
      sent.push(batch.map(({ figure }) => `${figure.sku}=${figure.version}`).join())
      return allTaken(batch)
    })
    await feed.open()
    for (let i = 0; i < 60; i++) tell(`S${i}`, 1)
    tell('S55', 2, true)
    tell('HOT', 1, true)
    // What was urgent stays so when it changes again.
    tell('HOT', 2)
    feed.start()
    await until(() => book.waiting === 0)
    expect(sent[0]).toBe('S55=2,HOT=2')
    expect(
      sent
        .join()
        .split(',')
        .filter((it) => /^(S55|HOT)=/.test(it)),
    ).toEqual(['S55=2', 'HOT=2'])
    expect(feed.status().delivered).toBe(61)
    // Their turns come too, so that whoever goes on does not send them once more.
    await until(() => [...kept.messages.values()].every(({ state }) => state === 'done'))
    expect(feed.status().delivered).toBe(61)
  })

  test('waits while its channel is busy, and no longer', async () => {
    const at: number[] = []
    const { feed, book, tell } = feeding(async (batch) => {
      at.push(Date.now())
      return at.length === 1
        ? { taken: [], refused: [], busy: { retryAfterMs: 300, detail: 'HTTP 429' } }
        : allTaken(batch)
    })
    await feed.open()
    tell('X', 1)
    feed.start()
    await until(() => feed.status().waitsUntil !== null)
    await until(() => book.waiting === 0)
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(299)
    expect(at[1]! - at[0]!).toBeLessThan(1_500)
  })
})
