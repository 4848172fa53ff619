import * as z from 'zod'
import { RunningDigest, StreamDigest } from '../../shared/contract/stream-digest.ts'
import type { Journal } from './journal.ts'

const Kept = StreamDigest.extend({ created: z.string() })
type Following = { readonly created: string; readonly digest: RunningDigest }

const keyOf = (stream: string): string => `digest.${stream}`

/** The digests of what the ledger took of its streams, written with their cursors. A stream that was made anew begins anew. */
export class StreamDigests {
  readonly #journal: Pick<Journal, 'text' | 'setText'>
  readonly #following = new Map<string, Following>()

  constructor(journal: Pick<Journal, 'text' | 'setText'>) {
    this.#journal = journal
  }

  /** That of a stream of which the next message is the `next`. */
  follow(stream: string, created: string, next: number): RunningDigest {
    const known = this.#following.get(stream) ?? this.#kept(stream)
    // What lies between was not taken through here: it can't be compared from where it was.
    const isSame = known?.created === created && known.digest.sequence === next - 1
    const following = isSame ? known : { created, digest: new RunningDigest(next - 1) }
    this.#following.set(stream, following)
    return following.digest
  }

  /** Within the transaction that writes the stream's cursor. */
  save(stream: string): void {
    const following = this.#following.get(stream)
    if (!following) return
    const kept = { ...following.digest.told(), created: following.created }
    this.#journal.setText(keyOf(stream), JSON.stringify(kept))
  }

  told(): Record<string, StreamDigest> {
    return Object.fromEntries([...this.#following].map(([stream, { digest }]) => [stream, digest.told()]))
  }

  #kept(stream: string): Following | null {
    const text = this.#journal.text(keyOf(stream))
    const kept = text === null ? null : Kept.safeParse(JSON.parse(text)).data
    return kept ? { created: kept.created, digest: RunningDigest.resumed(kept) } : null
  }
}
