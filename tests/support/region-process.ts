import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { endChild, firstWords } from './child.ts'
import { eventually } from './eventually.ts'

const KEY = 'the-region-key-of-tests'
const MAIN = new URL('../../regions/main.ts', import.meta.url).pathname
const READY_WITHIN_MS = 20_000

/** A region's hub as its own process, so that it can be killed like one. */
export class RegionProcess {
  readonly #configFile: string
  #child: ChildProcessByStdio<null, Readable, null> | null = null
  #url = ''

  constructor(options: {
    region: string
    folder: string
    nats: string
    edgeUrl?: string
    pushSecret?: string
    /** Another process of the same region has data of its own. */
    dataName?: string
    /** What else its config says. */
    more?: Record<string, unknown>
    /** One that stays the same over a restart; any that is free when absent. */
    port?: number
  }) {
    const {
      region,
      folder,
      nats,
      edgeUrl = 'http://127.0.0.1:9',
      pushSecret = 'no-edge-in-this-test',
      dataName = region,
      port = 0,
    } = options
    this.#configFile = join(folder, `${dataName}.json`)
    writeFileSync(
      this.#configFile,
      JSON.stringify({
        region,
        dataDir: join(folder, dataName),
        http: { host: '127.0.0.1', port },
        key: KEY,
        nats: { servers: [nats] },
        edge: { url: edgeUrl, keyId: 'k1', secret: pushSecret },
        shardCount: 4,
        ...options.more,
      }),
    )
  }

  get url(): string {
    return this.#url
  }

  static readonly key = KEY

  /** Starts it, or starts it again on the same data. Resolves when it is ready. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, '--config', this.#configFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    try {
      this.#url = await firstWords(child, /"url":"(http:[^"]+)","msg":"listening"/, READY_WITHIN_MS)
      await eventually(async () => (await fetch(`${this.#url}/readyz`)).ok, READY_WITHIN_MS)
    } catch (error) {
      await this.kill9()
      throw error
    }
  }

  /** Stops it in the middle of whatever it does, and lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal)
  }

  /** As its supervisor does: starts it again when it has ended by itself. */
  async keepRunning(): Promise<void> {
    const { exitCode = null } = this.#child ?? {}
    if (exitCode === null) return
    process.stderr.write(`a region ended by itself with ${exitCode}, and is started again\n`)
    await this.start()
  }

  /** Resolves with its exit code when it ends by itself. */
  ended(): Promise<number | null> {
    const child = this.#child!
    if (child.exitCode !== null) return Promise.resolve(child.exitCode)
    return new Promise((resolve) => child.once('exit', resolve))
  }

  async kill9(): Promise<void> {
    await endChild(this.#child, 'SIGKILL')
  }

  async stop(): Promise<void> {
    await endChild(this.#child, 'SIGTERM')
  }

  async call<T = Record<string, unknown>>(
    path: string,
    init: {
      method?: string
      json?: unknown
      body?: string | Uint8Array<ArrayBuffer>
      contentType?: string
      headers?: Record<string, string>
    } = {},
  ): Promise<{ status: number; body: T }> {
    const {
      method = init.json === undefined && init.body === undefined ? 'GET' : 'POST',
      contentType = 'application/json',
    } = init
    const body = init.json === undefined ? init.body : JSON.stringify(init.json)
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${KEY}`,
        ...init.headers,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(20_000),
    })
    return { status: response.status, body: (await response.json()) as T }
  }

  async put(path: string, json: unknown): Promise<void> {
    const { status, body } = await this.call(path, { method: 'PUT', json })
    if (status !== 200) throw new Error(`PUT ${path}: ${status} ${JSON.stringify(body)}`)
  }
}
