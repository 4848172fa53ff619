/** Something we need is away for now: the caller is told to come again, and nothing was lost or half done. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

/** The same promise, with a failure said as what it means to a caller. */
export function orUnavailable<T>(promise: Promise<T>, what: string): Promise<T> {
  return promise.catch((error: unknown) => {
    throw new Unavailable(what, { cause: error })
  })
}
