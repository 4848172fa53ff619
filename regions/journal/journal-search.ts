import type { Fact } from '../../shared/contract/events.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { type Effect, physicalEffects } from './effect.ts'
import type { JournalIndex } from './journal-index.ts'
import type { JournalFact, JournalRows } from './journal-rows.ts'
import { effectsInStory, factKey } from './story.ts'
import { orderOf, skusOf, supplyOf, type Term } from './terms.ts'

export type JournalQuestion = {
  readonly sku?: string | undefined
  readonly orderRef?: string | undefined
  readonly correlationId?: string | undefined
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
  /** Continues before this entry. */
  readonly before?: number | undefined
  readonly limit: number
}

export type JournalLine = JournalFact & {
  readonly effects: readonly Effect[]
  /** The story of its order or reference is longer than is told here: what it did to demand or supply is left out. */
  readonly isPartial?: true
}

export type JournalPage = { readonly lines: readonly JournalLine[]; readonly cursor: number | null }

/** Looked at in one answer: others wait meanwhile. */
const PLACES_MAX = 2_000
/** Entries of one order or reference. */
const STORY_ENTRIES_MAX = 1_000

/** A place to look at: an entry, or a piece of the index where nothing was found. */
type Place = { readonly from: number; readonly facts: readonly JournalFact[] }

/** Looks through the journal, newest first, a bounded stretch at a time. */
export class JournalSearch {
  readonly #rows: JournalRows
  readonly #index: JournalIndex

  constructor(rows: JournalRows, index: JournalIndex) {
    this.#rows = rows
    this.#index = index
  }

  /** `cursor` goes on behind what was looked at, also when nothing was found there; null at the journal's beginning. */
  find(question: JournalQuestion): JournalPage {
    const { from, to } = question
    const lowest = from === undefined ? 0 : this.#rows.firstFrom(from)
    const highest = to === undefined ? Number.MAX_SAFE_INTEGER : this.#rows.firstFrom(to + 1)
    const before = Math.min(question.before ?? Number.MAX_SAFE_INTEGER, highest)
    const found: JournalFact[] = []
    let places = 0
    for (const { from: looked, facts } of this.#places(termOf(question), before, lowest)) {
      places++
      found.push(...facts.filter(({ event }) => isAbout(event, question)).toReversed())
      if (found.length >= question.limit || places >= PLACES_MAX)
        return { lines: this.#tell(found), cursor: looked > lowest ? looked : null }
    }
    return { lines: this.#tell(found), cursor: null }
  }

  /** Where to look, latest first: every entry when nothing is named, or none is indexed yet. */
  *#places(term: Term | null, before: number, lowest: number): Generator<Place> {
    const { indexedTo } = this.#index
    const scanned = term === null ? lowest : Math.max(lowest, indexedTo + 1)
    for (const { entry, facts } of this.#rows.before(before, scanned, PLACES_MAX))
      yield { from: entry, facts }
    if (term === null) return
    for (const { from, entries } of this.#index.mentions(term, before)) {
      for (const entry of entries) {
        if (entry < lowest) return
        yield { from: entry, facts: this.#rows.factsAt(entry) }
      }
      if (from <= lowest) return
      yield { from, facts: [] }
    }
  }

  #tell(facts: readonly JournalFact[]): JournalLine[] {
    const stories = new Map<string, Map<string, Effect[]> | null>()
    return facts.map((fact) => {
      if (fact.status !== 'accepted') return { ...fact, effects: [] }
      const physical = physicalEffects(fact.event)
      const term = storyOf(fact.event)
      if (term === null) return { ...fact, effects: physical }
      const key = `${term.kind} ${term.of}`
      let story = stories.get(key)
      if (story === undefined) stories.set(key, (story = this.#effectsUnder(term)))
      const others = story?.get(factKey(fact))
      if (others === undefined) return { ...fact, effects: physical, isPartial: true }
      return { ...fact, effects: merged(physical, others) }
    })
  }

  /** Null when the story is too long to be told, or not all of it can be found yet. */
  #effectsUnder(term: Term): Map<string, Effect[]> | null {
    const story = this.#factsOf(term, (event) => storyOf(event)?.of === term.of)
    if (story === null) return null
    // What a kit is put together from matters only where a line was worked on by its components.
    const skus = new Set(story.flatMap(({ event }) => skusOf(event)))
    const kits = term.kind === 'order' && skus.size > 1 ? [...skus] : []
    const items = kits.map((sku) =>
      this.#factsOf(
        { kind: 'item', of: sku },
        ({ type, subject }) => type === 'plimsoll.item.upserted' && subject === sku,
      ),
    )
    if (items.includes(null)) return null
    const all = [...story, ...items.flatMap((it) => it!)]
    return effectsInStory(all.sort((a, b) => a.version! - b.version!))
  }

  #factsOf(term: Term, isMeant: (event: Fact) => boolean): JournalFact[] | null {
    if (this.#index.indexedTo < this.#rows.ends().last) return null
    const entries: number[] = []
    for (const mentions of this.#index.mentions(term, Number.MAX_SAFE_INTEGER)) {
      entries.push(...mentions.entries)
      if (entries.length > STORY_ENTRIES_MAX) return null
    }
    return entries
      .flatMap((entry) => this.#rows.factsAt(entry))
      .filter(({ status, event }) => status === 'accepted' && isMeant(event))
  }
}

/** The rarest of what is named: by it the index is asked. */
function termOf({ orderRef, correlationId, sku }: JournalQuestion): Term | null {
  if (orderRef !== undefined) return { kind: 'order', of: orderRef }
  if (correlationId !== undefined) return { kind: 'correlation', of: correlationId }
  return sku === undefined ? null : { kind: 'sku', of: sku }
}

function storyOf(event: Fact): Term | null {
  const [order, supply] = [orderOf(event), supplyOf(event)]
  if (order !== undefined) return { kind: 'order', of: order }
  return supply === undefined ? null : { kind: 'supply', of: supply }
}

function merged(physical: readonly Effect[], others: readonly Effect[]): Effect[] {
  const isSame = (a: Effect, b: Effect): boolean => a.sku === b.sku && a.node === b.node
  const left = others.filter((other) => !physical.some((it) => isSame(it, other)))
  return [...physical.map((it) => ({ ...it, ...others.find((other) => isSame(it, other)) })), ...left]
}

function isAbout(event: Fact, { sku, orderRef, correlationId }: JournalQuestion): boolean {
  if (sku !== undefined && !skusOf(event).includes(sku)) return false
  if (orderRef !== undefined && orderOf(event) !== orderRef) return false
  return correlationId === undefined || event.correlationid === correlationId
}
