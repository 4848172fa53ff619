import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { freePort } from './free-port.ts'
import { endChild } from './child.ts'
import { eventually } from './eventually.ts'

const MAIN = new URL('../../hub/main.ts', import.meta.url).pathname
const KEY = 'the-key-of-the-centre-of-tests'
const READY_WITHIN_MS = 90_000

type Options = {
  readonly folder: string
  readonly nats: string
  readonly regions: readonly { readonly region: string; readonly apiUrl: string; readonly apiKey: string }[]
  /** What else its config says of who may come in, told where it will be. */
  readonly access?: (url: string) => object
  readonly edge?: { readonly url: string; readonly operatorKey: string }
  /** What else its config says. */
  readonly more?: Record<string, unknown>
}

/** The centre as its own process, so that it can be killed like one. */
export class CentreProcess {
  static readonly key = KEY

  readonly #configFile: string
  readonly url: string
  #child: ChildProcessByStdio<null, Readable, null> | null = null

  static async start(options: Options): Promise<CentreProcess> {
    const centre = new CentreProcess(options, await freePort())
    await centre.start()
    return centre
  }

  private constructor(
    {
      folder,
      nats,
      regions,
      access,
      edge = { url: 'http://127.0.0.1:9', operatorKey: 'none' },
      more = {},
    }: Options,
    port: number,
  ) {
    this.url = `http://127.0.0.1:${port}`
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
        ...(access ? { access: access(this.url) } : {}),
        logLevel: 'warn',
        ...more,
      }),
    )
  }

  /** Starts it, or starts it again on the same port and data. */
  async start(): Promise<void> {
    this.#child = spawn(process.execPath, [MAIN, '--config', this.#configFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await eventually(async () => (await fetch(`${this.url}/readyz`)).ok, READY_WITHIN_MS)
    } catch (error) {
      await this.kill9()
      throw error
    }
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      headers: { authorization: `Bearer ${KEY}` },
      signal: AbortSignal.timeout(10_000),
    })
    return (await response.json()) as T
  }

  async kill9(): Promise<void> {
    await endChild(this.#child, 'SIGKILL')
  }

  async stop(): Promise<void> {
    await endChild(this.#child, 'SIGTERM')
  }
}
