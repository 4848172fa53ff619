/** Our own mistake, as opposed to a refusal or a fault of the world. It stops the program. */
class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

export function invariant(holds: unknown, message: string): asserts holds {
  if (!holds) throw new InvariantError(message)
}

/** For the default branch of a switch over a union: a new member fails to compile until it is handled. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${JSON.stringify(value)}`)
}
