/** How a command ends: 0 done, 1 refused or found something, 2 wrong usage (docs/reference). */
export const EXIT = { done: 0, found: 1, usage: 2 } as const

/** Ends the command with one clear line. */
export class CommandRefusal extends Error {
  override readonly name = 'CommandRefusal'
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT.found) {
    super(message)
    this.exitCode = exitCode
  }
}
