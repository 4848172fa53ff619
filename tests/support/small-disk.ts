import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BLOCK = Buffer.alloc(65_536)

/** A file system of so many MB that can really be full: memory that is mounted as a disk, which needs root. */
export class SmallDisk {
  readonly path: string
  readonly #filler: string

  private constructor(path: string) {
    this.path = path
    this.#filler = join(path, 'filler')
  }

  /** Null where nothing may be mounted. */
  static mount(megabytes: number): SmallDisk | null {
    const path = mkdtempSync(join(tmpdir(), 'plimsoll-disk-'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'ignore' })
      return new SmallDisk(path)
    } catch {
      rmSync(path, { recursive: true })
      return null
    }
  }

  /** Somebody else's file takes what room there is, but for so many bytes. */
  fill(bytesLeft: number): void {
    const file = openSync(this.#filler, 'w')
    for (;;) {
      const { bavail, bsize } = statfsSync(this.path)
      const room = bavail * bsize - bytesLeft
      if (room <= 0) break
      writeSync(file, BLOCK, 0, Math.min(room, BLOCK.length))
    }
    closeSync(file)
  }

  /** It is deleted. */
  free(): void {
    rmSync(this.#filler, { force: true })
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.path], { stdio: 'ignore' })
    rmSync(this.path, { recursive: true })
  }
}
