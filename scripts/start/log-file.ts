import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Past it the file becomes `<name>.1`, so a service keeps at most twice this much. */
const LOG_BYTES_MAX = 20 * 1024 * 1024
const TAIL_LINES = 6

/** What a service writes, line by line, with the last lines at hand for when it dies. */
export class LogFile {
  readonly path: string
  readonly #bytesMax: number
  #fd: number
  #bytes: number
  #tail: string[] = []
  #closed = false

  constructor(path: string, bytesMax: number = LOG_BYTES_MAX) {
    mkdirSync(dirname(path), { recursive: true })
    this.path = path
    this.#bytesMax = bytesMax
    this.#fd = openSync(path, 'a', 0o600)
    this.#bytes = fstatSync(this.#fd).size
  }

  /** What comes after the close is dropped: a dying process may still be talking. */
  write(line: string): void {
    if (this.#closed) return
    if (this.#bytes > this.#bytesMax) this.#turn()
    this.#bytes += writeSync(this.#fd, `${line}\n`)
    this.#tail.push(line)
    if (this.#tail.length > TAIL_LINES) this.#tail.shift()
  }

  /** The last lines since the last call. */
  takeTail(): readonly string[] {
    const tail = this.#tail
    this.#tail = []
    return tail
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#fd)
  }

  #turn(): void {
    closeSync(this.#fd)
    if (existsSync(this.path)) renameSync(this.path, `${this.path}.1`)
    this.#fd = openSync(this.path, 'a', 0o600)
    this.#bytes = 0
  }
}
