import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LogFile } from './log-file.ts'
import { endingText, ServiceRun, type ServiceSpec } from './service.ts'

/** A service, and those that have to be ready before it starts and are stopped after it. */
export type Planned = ServiceSpec & { readonly after: readonly string[] }

export type Supervision = {
  readonly logsDir: string
  readonly say: (line: string) => void
  /** Called whenever the set of child processes changed. */
  readonly onChildren?: (pids: Readonly<Record<string, number>>) => void
  readonly backoffFirstMs?: number
}

const BACKOFF_MS_MAX = 10_000
/** A service that lived this long has recovered: its next death is a new one, told and retried from the start. */
const SETTLED_MS = 30_000
/** Dying this often before it was ever ready is a fault that restarting won't mend. */
const STILLBIRTHS_MAX = 3
/** The exit code by which an entry point says that its configuration is wrong. */
const EXIT_USAGE = 2

/** Keeps the planned services running: in order, restarted when they die, stopped in reverse order. */
export class Supervisor {
  readonly #plan: readonly Planned[]
  readonly #options: Supervision
  readonly #logs = new Map<string, LogFile>()
  readonly #runs = new Map<string, ServiceRun>()
  readonly #watches: Promise<void>[] = []
  readonly #stopping = new AbortController()

  constructor(plan: readonly Planned[], options: Supervision) {
    this.#plan = plan
    this.#options = options
    for (const { name } of plan) this.#logs.set(name, new LogFile(join(options.logsDir, `${name}.log`)))
  }

  /** Resolves when all are ready; rejects with one clear line when one can't be. */
  async start(): Promise<void> {
    const ready = new Map<string, Promise<void>>()
    for (const spec of this.#plan) {
      const before = spec.after.map((name) => ready.get(name))
      ready.set(
        spec.name,
        Promise.all(before).then(() => this.#startFirst(spec)),
      )
    }
    await Promise.all(ready.values())
  }

  /** Each once all that came after it has stopped. */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return
    this.#stopping.abort()
    const stopped = new Map<string, Promise<void>>()
    for (const spec of this.#plan.toReversed()) {
      const dependents = this.#plan.filter(({ after }) => after.includes(spec.name))
      stopped.set(
        spec.name,
        Promise.all(dependents.map(({ name }) => stopped.get(name))).then(() =>
          this.#runs.get(spec.name)?.stop(),
        ),
      )
    }
    await Promise.all(stopped.values())
    await Promise.all(this.#watches)
    for (const log of this.#logs.values()) log.close()
  }

  /** For when this process itself has to end at once: children in groups of their own would live on. */
  endNow(): void {
    for (const run of this.#runs.values()) run.endNow()
  }

  async #startFirst(spec: Planned): Promise<void> {
    for (let tries = 1; !this.#stopping.signal.aborted; tries++) {
      const run = this.#run(spec)
      const outcome = await run.whenReady()
      if (outcome === 'ready') return void this.#watches.push(this.#watch(spec, run))
      if (this.#stopping.signal.aborted) return
      if (outcome === 'late') throw this.#failure(spec, `was not ready within ${spec.readyWithinMs / 1000} s`)
      const ending = await run.ended
      if (ending.code === EXIT_USAGE || tries >= STILLBIRTHS_MAX)
        throw this.#failure(spec, `did not start (${endingText(ending)})`)
      await this.#pause(this.#backoff(tries))
    }
  }

  /** Restarts it whenever it dies, until all is stopped. A row of deaths is told once, and so is its end. */
  async #watch(spec: Planned, first: ServiceRun): Promise<void> {
    let run = first
    let deaths = 0
    let saidBack = false
    let settled = performance.now() + SETTLED_MS
    for (;;) {
      const ending = await run.ended
      if (this.#stopping.signal.aborted) return
      if (performance.now() > settled) deaths = 0
      if (deaths++ === 0) {
        saidBack = false
        this.#tell(spec, `${spec.name} died (${endingText(ending)}), restarting it`)
      }
      await this.#pause(this.#backoff(deaths))
      if (this.#stopping.signal.aborted) return
      run = this.#run(spec)
      const outcome = await run.whenReady()
      if (this.#stopping.signal.aborted) return
      if (outcome === 'late') await run.stop()
      if (outcome === 'ready') {
        if (!saidBack) this.#options.say(`${spec.name} is back`)
        saidBack = true
        settled = performance.now() + SETTLED_MS
      }
    }
  }

  #run(spec: Planned): ServiceRun {
    const log = this.#logs.get(spec.name)!
    log.takeTail()
    const run = new ServiceRun(spec, log)
    this.#runs.set(spec.name, run)
    const pids = [...this.#runs].flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid]]))
    this.#options.onChildren?.(Object.fromEntries(pids) as Record<string, number>)
    return run
  }

  #failure(spec: Planned, what: string): Error {
    const log = this.#logs.get(spec.name)!
    this.#tell(spec, `${spec.name} ${what}; its last words:`)
    return new Error(`${spec.name} ${what}: see ${log.path}`)
  }

  #tell(spec: Planned, line: string): void {
    this.#options.say(line)
    for (const word of this.#logs.get(spec.name)!.takeTail()) this.#options.say(`  ${spec.name} | ${word}`)
  }

  #backoff(deaths: number): number {
    return Math.min(BACKOFF_MS_MAX, (this.#options.backoffFirstMs ?? 250) * 2 ** (deaths - 1))
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, null, { signal: this.#stopping.signal }).catch(() => {})
  }
}
