import { exceptionsSubject } from '../../shared/contract/subjects.ts'
import type { ExceptionLetter } from '../../shared/contract/exceptions.ts'
import type { Bus } from '../../shared/node/nats.ts'
import type { ExceptionBook } from '../inbox/exception-book.ts'

const AT_ONCE_MAX = 100
/** Under NATS' payload limit of 1 MiB. What is larger goes without its bytes: they are in INBOUND. */
const LETTER_BYTES_MAX = 960_000

type Parts = {
  readonly bus: Bus
  readonly region: string
  readonly exceptions: ExceptionBook
  /** What was told is no news when it is read back. */
  readonly onTold: (sequence: number) => void
}

/** Puts the region's dead letters on EXCEPTIONS, for the centre and for the standby, each whenever its state has changed. */
export class ExceptionTeller {
  readonly #parts: Parts
  #telling: Promise<void> = Promise.resolve()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Resolves when all that was kept before is on the stream. */
  tell(): Promise<void> {
    const telling = this.#telling.catch(() => {}).then(() => this.#tellAll())
    this.#telling = telling
    return telling
  }

  async #tellAll(): Promise<void> {
    const { bus, region, exceptions, onTold } = this.#parts
    for (;;) {
      const letters = exceptions.unpublished(AT_ONCE_MAX)
      for (const letter of letters) {
        const { seq } = await bus.js.publish(exceptionsSubject(region, letter.stage), textOf(letter), {
          msgID: `${letter.id}/${letter.attempts}/${letter.status}`,
        })
        exceptions.markPublished(letter)
        onTold(seq)
      }
      if (letters.length < AT_ONCE_MAX) return
    }
  }
}

function textOf(letter: ExceptionLetter): string {
  const text = JSON.stringify(letter)
  if (Buffer.byteLength(text) <= LETTER_BYTES_MAX) return text
  const { body: _, ...rest } = letter
  return JSON.stringify(rest)
}
