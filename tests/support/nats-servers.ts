import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endChild } from './child.ts'
import { freePort } from './free-port.ts'

const BINARY = existsSync('/usr/sbin/nats-server') ? '/usr/sbin/nats-server' : 'nats-server'
const UP_WITHIN_MS = 10_000

/** A real nats-server with JetStream, on a port and a folder of its own, that can be killed and started again. */
export class NatsServer {
  readonly port: number
  /** Where leaf servers connect to; 0 for a leaf. */
  readonly leafPort: number
  readonly #folder: string
  readonly #configFile: string
  #child: ChildProcess | null = null

  constructor(parts: { folder: string; port: number; leafPort: number; config: string }) {
    this.port = parts.port
    this.leafPort = parts.leafPort
    this.#folder = parts.folder
    this.#configFile = join(parts.folder, 'nats.conf')
    writeFileSync(this.#configFile, parts.config)
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  /** Starts it, or starts it again on the same port and data. */
  async start(): Promise<void> {
    this.#child = spawn(BINARY, ['-c', this.#configFile], { stdio: 'ignore' })
    await untilListening(this.port)
  }

  /** As a crash would: nothing is said, nothing is flushed. */
  async kill9(): Promise<void> {
    await endChild(this.#child, 'SIGKILL')
  }

  async restart(): Promise<void> {
    await endChild(this.#child, 'SIGTERM')
    await this.start()
  }

  async stop(): Promise<void> {
    await endChild(this.#child, 'SIGTERM')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/**
 * The centre's server: JetStream domain `hub`, open to leaf servers. It advertises an address where
 * nobody is, or a leaf whose link through a proxy is cut would find its way around the proxy.
 */
export async function startCentral(): Promise<NatsServer> {
  const [folder, port, leafPort] = [
    mkdtempSync(join(tmpdir(), 'plimsoll-nats-')),
    await freePort(),
    await freePort(),
  ]
  return started({
    folder,
    port,
    leafPort,
    config: `${base(port, 'hub', folder)}leafnodes { host: "127.0.0.1", port: ${leafPort}, advertise: "127.0.0.1:9" }\n`,
  })
}

/**
 * A region's server: JetStream domain = region. With `leafPort` it is linked to the centre's (or to a proxy before it); `under`
 * says where its data is.
 */
export async function startLeaf({
  region,
  leafPort,
  under = tmpdir(),
}: {
  region: string
  leafPort?: number
  under?: string
}): Promise<NatsServer> {
  const [folder, port] = [mkdtempSync(join(under, 'plimsoll-nats-')), await freePort()]
  const remote =
    leafPort === undefined
      ? ''
      : `leafnodes { reconnect: 1, remotes: [{ url: "nats://127.0.0.1:${leafPort}" }] }\n`
  return started({ folder, port, leafPort: 0, config: base(port, region, folder) + remote })
}

async function started(parts: ConstructorParameters<typeof NatsServer>[0]): Promise<NatsServer> {
  const server = new NatsServer(parts)
  await server.start()
  return server
}

const base = (port: number, domain: string, folder: string): string =>
  `host: "127.0.0.1"\nport: ${port}\nserver_name: ${domain}\njetstream { domain: ${domain}, store_dir: "${join(folder, 'jetstream')}" }\n`

async function untilListening(port: number): Promise<void> {
  const until = performance.now() + UP_WITHIN_MS
  while (!(await isListening(port))) {
    if (performance.now() > until)
      throw new Error(`nats-server did not listen on ${port} within ${UP_WITHIN_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    socket.once('connect', () => socket.destroy())
  })
}
