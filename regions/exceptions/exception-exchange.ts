import { orUnavailable } from '../../shared/node/unavailable.ts'
import type { ExceptionBook } from '../inbox/exception-book.ts'
import { ExceptionFollower } from './follow-exceptions.ts'
import { ExceptionTeller } from './tell-exceptions.ts'

type Parts = Omit<ConstructorParameters<typeof ExceptionFollower>[0], 'exceptions'> & {
  readonly region: string
  readonly book: ExceptionBook
}

/** A region's dead letters between its processes: the writer tells of them, and who stands by follows. */
export class ExceptionExchange {
  readonly #follower: ExceptionFollower
  readonly #teller: ExceptionTeller

  constructor({ book: exceptions, ...parts }: Parts) {
    this.#follower = new ExceptionFollower({ ...parts, exceptions })
    this.#teller = new ExceptionTeller({ ...parts, exceptions, onTold: this.#follower.told })
  }

  start = (): Promise<void> => this.#follower.start()

  /** Has all that the writer before told of; from here on this process tells. */
  takeOver = (): Promise<void> => this.#follower.takeOver()

  /** Resolves when what is kept, and what became of it, is where the region's next writer finds it. */
  readonly tell = (): Promise<void> =>
    orUnavailable(
      this.#teller.tell(),
      'the region’s NATS does not answer; asking again changes nothing twice',
    )

  stop = (): Promise<void> => this.#follower.stop()
}
