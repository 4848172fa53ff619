import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

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
  }) {
    const {
      region,
      folder,
      nats,
      edgeUrl = 'http://127.0.0.1:9',
      pushSecret = 'no-edge-in-this-test',
    } = options
    this.#configFile = join(folder, `${region}.json`)
    writeFileSync(
      this.#configFile,
      JSON.stringify({
        region,
        dataDir: join(folder, region),
        http: { host: '127.0.0.1', port: 0 },
        key: KEY,
        nats: { servers: [nats] },
        edge: { url: edgeUrl, keyId: 'k1', secret: pushSecret },
        shardCount: 4,
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
    this.#url = await listeningUrl(child)
    await eventually(async () => (await fetch(`${this.#url}/readyz`)).ok, READY_WITHIN_MS)
  }

  async kill9(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async call<T = Record<string, unknown>>(
    path: string,
    init: {
      method?: string
      json?: unknown
      body?: string | Uint8Array<ArrayBuffer>
      contentType?: string
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

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
}

function listeningUrl(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(
      () => reject(new Error(`the region did not listen in time:\n${text}`)),
      READY_WITHIN_MS,
    )
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const url = /"url":"(http:[^"]+)","msg":"listening"/.exec(text)?.[1]
      if (url) {
        clearTimeout(timer)
        resolve(url)
      }
    })
    child.once('exit', (code) => reject(new Error(`the region ended with ${code}:\n${text}`)))
  })
}

/** Asks until it is so; a question that fails counts as no. */
export async function eventually(
  isSo: () => Promise<boolean>,
  withinMs = 10_000,
  everyMs = 25,
): Promise<void> {
  const until = performance.now() + withinMs
  for (;;) {
    if (await isSo().catch(() => false)) return
    if (performance.now() > until)
      throw new Error(`it did not come true within ${withinMs} ms: ${isSo.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
