import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { freePort } from './free-port.ts'
import { eventually } from './region-process.ts'

const MAIN = new URL('../../hub/main.ts', import.meta.url).pathname
const KEY = 'the-key-of-the-centre-of-tests'
const READY_WITHIN_MS = 30_000

type Options = {
  readonly folder: string
  readonly nats: string
  readonly regions: readonly { readonly region: string; readonly apiUrl: string; readonly apiKey: string }[]
  readonly edge?: { readonly url: string; readonly operatorKey: string }
}

/** The centre as its own process, so that it can be killed like one. */
export class CentreProcess {
  readonly #configFile: string
  readonly #port: number
  #child: ChildProcessByStdio<null, Readable, null> | null = null

  static async start(options: Options): Promise<CentreProcess> {
    const centre = new CentreProcess(options, await freePort())
    await centre.start()
    return centre
  }

  private constructor(
    { folder, nats, regions, edge = { url: 'http://127.0.0.1:9', operatorKey: 'none' } }: Options,
    port: number,
  ) {
    this.#port = port
    this.#configFile = join(folder, 'centre.json')
    const http = { host: '127.0.0.1', port }
    writeFileSync(
      this.#configFile,
      JSON.stringify({
        http,
        dataDir: join(folder, 'centre'),
        key: KEY,
        nats: { servers: [nats] },
        regions,
        edge,
        logLevel: 'warn',
      }),
    )
  }

  /** Starts it, or starts it again on the same port and data. */
  async start(): Promise<void> {
    this.#child = spawn(process.execPath, [MAIN, '--config', this.#configFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await eventually(async () => (await fetch(`http://127.0.0.1:${this.#port}/readyz`)).ok, READY_WITHIN_MS)
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      headers: { authorization: `Bearer ${KEY}` },
      signal: AbortSignal.timeout(10_000),
    })
    return (await response.json()) as T
  }

  async kill9(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
}
