import type { FallbackStep } from '../../../shared/domain/fallback.ts'
import type { SourceRole } from '../../../shared/domain/master-data.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { HeardSequence } from './heard-sequence.ts'
import type { MasterBook } from './master-book.ts'
import { ownersOf } from './owners.ts'

export type Condition = 'fresh' | 'late' | 'down'

/** How a node's stock is known: by whom, since when nothing was heard, and what is done about it. */
export type NodeCondition = {
  readonly condition: Condition
  readonly source: string | null
  readonly heardAt: Instant
  readonly step: FallbackStep
}

const SERVE: FallbackStep = { action: 'serve' }
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

type Limits = {
  readonly maxSilenceMs: number
  readonly downAfterMs: number
  readonly late: FallbackStep
  readonly down: FallbackStep
}

/** Where no freshness policy says otherwise: systems talk by the minute, EDI partners by the day. */
const limitsByDefault = (role: SourceRole | undefined): Limits =>
  role === 'edi'
    ? { maxSilenceMs: 26 * HOUR_MS, downAfterMs: 50 * HOUR_MS, late: SERVE, down: SERVE }
    : { maxSilenceMs: 30 * MINUTE_MS, downAfterMs: 4 * HOUR_MS, late: SERVE, down: SERVE }

/** What one source has said, and when the hub last heard it: of each node, and (a heartbeat) of all of them. */
export type SourceWord = {
  facts: number
  lastFactAt: Instant
  /** The highest of the source's own counter that is journaled: from there on it would have to resend. */
  highestSequence: number
  readonly heard: HeardSequence
  heardAt: Instant
  aliveAt: Instant
  readonly nodes: Map<string, Instant>
}

type Watched = { readonly source: string; readonly limits: Limits; readonly since: Instant }

/**
 * Who has been silent for how long. Silence is measured by the hub's clock, from when a fact was recorded: a source whose
 * clock is wrong is not silent, and "no change" (a heartbeat) is not "no news".
 */
export class SilenceBook {
  readonly words = new Map<string, SourceWord>()
  readonly #master: MasterBook
  readonly #watched = new Map<string, readonly Watched[]>()
  #watchedVersion = -1
  /** Sources with news since the last checkpoint. */
  readonly dirty = new Set<string>()
  /** What was found at one moment, until a source is heard. */
  #found = { at: Number.NaN, version: -1, found: new Map<string, NodeCondition>() }

  /** Facts of one source come in a row: the last one asked for, which is marked. */
  #last: { readonly source: string; readonly word: SourceWord } | null = null

  constructor(master: MasterBook) {
    this.#master = master
  }

  /** A source's word, to be changed. */
  wordOf(source: string): SourceWord {
    this.#found.at = Number.NaN
    if (this.#last?.source === source) return this.#last.word
    let word = this.words.get(source)
    if (!word) {
      word = {
        facts: 0,
        lastFactAt: 0,
        highestSequence: -1,
        heard: [],
        heardAt: 0,
        aliveAt: 0,
        nodes: new Map(),
      }
      this.words.set(source, word)
    }
    this.dirty.add(source)
    this.#last = { source, word }
    return word
  }

  clearDirty(): void {
    this.dirty.clear()
    this.#last = null
  }

  /** The node's condition at a moment, by whichever of its owners was heard last. */
  conditionOf(node: string, now: Instant): NodeCondition {
    const { found } = this.#foundAt(now)
    let condition = found.get(node)
    if (condition === undefined) found.set(node, (condition = this.#find(node, now)))
    return condition
  }

  /** A query asks the same of the same nodes for each of a thousand skus. */
  #foundAt(now: Instant): { readonly found: Map<string, NodeCondition> } {
    if (this.#found.at !== now || this.#found.version !== this.#master.version)
      this.#found = { at: now, version: this.#master.version, found: new Map() }
    return this.#found
  }

  #find(node: string, now: Instant): NodeCondition {
    let best: NodeCondition | null = null
    for (const watched of this.#watchedAt(node)) {
      const it = this.#conditionBy(watched, node, now)
      if (
        best === null ||
        RANK[it.condition] < RANK[best.condition] ||
        (RANK[it.condition] === RANK[best.condition] && it.heardAt > best.heardAt)
      )
        best = it
    }
    return best ?? NOBODY
  }

  /** How every source is heard of each node whose stock it keeps. */
  *conditions(now: Instant): Generator<NodeCondition & { readonly source: string; readonly node: string }> {
    for (const node of this.#master.all('node').keys())
      for (const watched of this.#watchedAt(node))
        yield { ...this.#conditionBy(watched, node, now), source: watched.source, node }
  }

  #conditionBy({ source, limits, since }: Watched, node: string, now: Instant): NodeCondition {
    const word = this.words.get(source)
    const heardAt = Math.max(since, word?.aliveAt ?? 0, word?.nodes.get(node) ?? 0)
    const silentMs = now - heardAt
    const condition =
      silentMs >= limits.downAfterMs ? 'down' : silentMs >= limits.maxSilenceMs ? 'late' : 'fresh'
    return { condition, source, heardAt, step: condition === 'fresh' ? SERVE : limits[condition] }
  }

  #watchedAt(node: string): readonly Watched[] {
    if (this.#watchedVersion !== this.#master.version) {
      this.#watched.clear()
      this.#watchedVersion = this.#master.version
    }
    let watched = this.#watched.get(node)
    if (!watched) this.#watched.set(node, (watched = this.#watch(node)))
    return watched
  }

  #watch(node: string): Watched[] {
    const owners = ownersOf(this.#master, node, 'onHand') ?? []
    return owners.map((source) => ({
      source,
      limits:
        this.#master.policy('freshness', { source, node }) ??
        limitsByDefault(this.#master.source(source)?.role),
      // Of whom nothing was ever heard: from when both were known.
      since: Math.max(
        this.#master.all('node').get(node)?.rank[0] ?? 0,
        this.#master.all('source').get(source)?.rank[0] ?? 0,
      ),
    }))
  }
}

/** From well to bad. */
export const RANK: Readonly<Record<Condition, number>> = { fresh: 0, late: 1, down: 2 }
/** Nobody in particular keeps the node: there is nobody to fall silent. */
const NOBODY: NodeCondition = { condition: 'fresh', source: null, heardAt: 0, step: SERVE }
