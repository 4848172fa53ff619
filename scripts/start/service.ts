import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { LogFile } from './log-file.ts'
import type { Probe } from './readiness.ts'

export type ServiceSpec = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Either a question to ask, or a line of its output that says so. */
  readonly ready: Probe | RegExp
  readonly readyWithinMs: number
}

/** How it ended: `signal` when it was killed, else its exit code. */
export type Ending = { readonly code: number | null; readonly signal: string | null }

export const endingText = ({ code, signal }: Ending): string =>
  signal === null ? `exit ${code ?? 'unknown'}` : `killed by ${signal}`

const PROBE_EVERY_MS = 100
/** What Node compiled once it need not compile at the next start: half of a small process's start. */
const COMPILED = new URL('../../node_modules/.cache/compiled', import.meta.url).pathname
const STOP_MS_MAX = 5000

/** One run of a service's process, from its start to its end. */
export class ServiceRun {
  readonly spec: ServiceSpec
  readonly pid: number | undefined
  readonly ended: Promise<Ending>
  #hasEnded = false
  #saidReady = false
  readonly #process: ReturnType<typeof spawn>

  constructor(spec: ServiceSpec, log: LogFile) {
    this.spec = spec
    this.#process = spawn(spec)
    this.pid = this.#process.pid
    for (const output of [this.#process.stdout, this.#process.stderr]) {
      createInterface({ input: output }).on('line', (line) => {
        log.write(line)
        if (spec.ready instanceof RegExp && spec.ready.test(line)) this.#saidReady = true
      })
    }
    // Its own end, not that of its output: a child of the child may hold the pipes open.
    this.ended = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => resolve({ code, signal }))
      this.#process.once('error', (error) => {
        log.write(error.message)
        resolve({ code: null, signal: null })
      })
    }).then((ending) => {
      this.#hasEnded = true
      this.#endGroup()
      return ending as Ending
    })
  }

  /** `late` when the time was up first. */
  async whenReady(): Promise<'ready' | 'ended' | 'late'> {
    const { ready, readyWithinMs } = this.spec
    const deadline = performance.now() + readyWithinMs
    while (performance.now() < deadline) {
      if (this.#hasEnded) return 'ended'
      if (ready instanceof RegExp ? this.#saidReady : await ready()) return this.#hasEnded ? 'ended' : 'ready'
      await Promise.race([sleep(PROBE_EVERY_MS), this.ended])
    }
    return 'late'
  }

  /** Asks it to end, and ends it when it hasn't after five seconds. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return
    this.#process.kill('SIGTERM')
    const stopped = await Promise.race([
      this.ended.then(() => true),
      sleep(STOP_MS_MAX, false, { ref: false }),
    ])
    if (stopped) return
    this.endNow()
    await Promise.race([this.ended, sleep(STOP_MS_MAX, null, { ref: false })])
  }

  /** At once. A number that has been given back may be somebody else's by now, so only while it lives. */
  endNow(): void {
    if (!this.#hasEnded) this.#endGroup()
  }

  /** With all it has started: what a killed service leaves behind (workerd, say) would hold its port. */
  #endGroup(): void {
    try {
      if (this.pid !== undefined) process.kill(-this.pid, 'SIGKILL')
    } catch {
      // Nobody is left in the group.
    }
  }
}

/**
 * A group of its own for each child: a terminal's Ctrl-C reaches the supervisor alone, which then stops them in order.
 */
const spawn = ({ command, args }: ServiceSpec) =>
  execa(command, [...args], {
    env: { NODE_COMPILE_CACHE: COMPILED },
    detached: true,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    cleanup: true,
    forceKillAfterDelay: false,
  })
