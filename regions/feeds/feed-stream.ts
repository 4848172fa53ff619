import { ChannelFigure } from '../../shared/contract/feed-api.ts'
import { feedSubject, feedSubjects } from '../../shared/contract/subjects.ts'
import {
  dropTaker,
  eachKept,
  latestOf,
  putLatest,
  Taker,
  takersOf,
} from '../../shared/node/latest-by-subject.ts'
import type { Bus, JsMsg } from '../../shared/node/nats.ts'

const STREAM = 'FEEDS'
/** A batch whose outcome nobody told of in so long is taken again; a call is given up sooner. */
const AGAIN_AFTER_MS = 15_000

export type KeptFigure = { readonly figure: ChannelFigure; readonly sequence: number }

/** FEEDS of one region: of each channel and sku the newest figure alone. */
export class FeedStream {
  readonly #bus: Bus
  readonly #region: string

  constructor(bus: Bus, region: string) {
    this.#bus = bus
    this.#region = region
  }

  /** Puts a figure in place of the one that is kept at `lastSequence`; throws Fenced where it is another. */
  put(figure: ChannelFigure, lastSequence: number): Promise<number> {
    const subject = feedSubject(this.#region, figure.channel, figure.sku)
    return putLatest(this.#bus, subject, JSON.stringify(figure), lastSequence)
  }

  /** What is kept of a sku. The figure is null where it can't be read. */
  async latest(
    channel: string,
    sku: string,
  ): Promise<{ sequence: number; figure: ChannelFigure | null } | null> {
    const found = await latestOf(this.#bus, STREAM, feedSubject(this.#region, channel, sku))
    return found && { sequence: found.sequence, figure: figureIn(found.body) }
  }

  async eachKept(channel: string, onFigure: (kept: KeptFigure) => void): Promise<void> {
    await eachKept(this.#bus, STREAM, feedSubjects(this.#region, channel), (message) => {
      const figure = figureIn(message.data)
      if (figure) onFigure({ figure, sequence: message.seq })
    })
  }

  taker(channel: string): Promise<Taker> {
    const subject = feedSubjects(this.#region, channel)
    return Taker.open(this.#bus, STREAM, { name: nameOf(channel), subject, againAfterMs: AGAIN_AFTER_MS })
  }

  /** What was kept for channels that are fed no more is forgotten. */
  async keepOnly(channels: readonly string[]): Promise<void> {
    const known = new Set(channels.map(nameOf))
    for (const taker of await takersOf(this.#bus, STREAM))
      if (!known.has(taker.name)) await dropTaker(this.#bus, STREAM, taker)
  }
}

const nameOf = (channel: string): string => `feed-${channel}`

/** Null of what is no figure; nobody but the region's hub may write one. */
export function figureIn(body: JsMsg['data']): ChannelFigure | null {
  try {
    return ChannelFigure.parse(JSON.parse(new TextDecoder().decode(body)))
  } catch {
    return null
  }
}
