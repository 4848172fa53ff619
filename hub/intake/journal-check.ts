import {
  digestBehind,
  digestSince,
  RunningDigest,
  StreamDigest,
} from '../../shared/contract/stream-digest.ts'
import type { Fact } from '../../shared/contract/events.ts'

/** How a region's digest and ours compare; null where they are not of one moment. */
export type Compared = { readonly told: StreamDigest; readonly ours: StreamDigest }

/** Messages whose digests are remembered: more than come between a region's word and its arrival here. */
const MARKS_MAX = 4_096

/**
 * The digest of what was taken of one copied stream, by the sequences that it has in its region. It is written with the
 * cursor; the marks behind each message are of this process alone.
 */
export class JournalCheck {
  #digest: RunningDigest | null
  readonly #marks = new Map<number, StreamDigest>()
  #waiting: StreamDigest | null = null

  constructor(kept: unknown) {
    const known = StreamDigest.safeParse(kept).data
    this.#digest = known ? RunningDigest.resumed(known) : null
    if (known) this.#marks.set(known.sequence, known)
  }

  /** What is to be written down; null as long as nothing was taken. */
  told(): StreamDigest | null {
    return this.#digest?.told() ?? null
  }

  /** Takes the facts of one message, which has this sequence in its region. Answers what can be compared then. */
  take(sequence: number, facts: readonly Fact[]): Compared | null {
    // A region that lost its stream begins a new one. What was skipped is missing here, and is found by comparing.
    if (this.#digest === null || sequence <= this.#digest.sequence) {
      this.#digest = new RunningDigest(sequence - 1)
      this.#marks.clear()
      this.#marks.set(sequence - 1, this.#digest.told())
    }
    this.#digest.addFacts(sequence, facts)
    this.#marks.set(sequence, this.#digest.told())
    if (this.#marks.size > MARKS_MAX) this.#marks.delete(this.#marks.keys().next().value!)
    if (this.#waiting === null || this.#waiting.sequence > sequence) return null
    const told = this.#waiting
    this.#waiting = null
    return this.#compare(told)
  }

  /** What the region says. It is compared at once, or when that has been taken; not at all where nothing is known of then. */
  hear(told: StreamDigest): Compared | null {
    if (told.sequence <= (this.#digest?.sequence ?? 0)) return this.#compare(told)
    this.#waiting = told
    return null
  }

  /** What the region has up to here was read again: the two are the same then, and count on from there. */
  rebase(told: StreamDigest): void {
    const [ours, then] = [this.#digest?.told(), this.#markAt(told.sequence)]
    if (!ours || !then) return
    this.#digest = RunningDigest.resumed(digestBehind(told, digestSince(ours, then)))
    this.#marks.clear()
    this.#marks.set(ours.sequence, this.#digest.told())
    this.#waiting = null
  }

  /** As of a sequence: no message lies between it and the mark before. */
  #markAt(sequence: number): StreamDigest | undefined {
    const exact = this.#marks.get(sequence)
    if (exact) return exact
    let last: StreamDigest | undefined
    for (const [at, mark] of this.#marks) if (at <= sequence) last = mark
    return last
  }

  #compare(told: StreamDigest): Compared | null {
    const mark = this.#markAt(told.sequence)
    if (!mark) return null
    if (mark.from === told.from) return { told, ours: mark }
    // The region began later than we did: what came before is taken out.
    const before = told.from < mark.from ? undefined : this.#markAt(told.from)
    return before ? { told, ours: digestSince(mark, before) } : null
  }
}
