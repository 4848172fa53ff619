import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'

type Push = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

/** What happens to the next push: every fault that a network has. */
export type LinkFault =
  /** It never arrives. */
  | 'lost'
  /** It arrives, and its answer is lost. */
  | 'answer-lost'
  /** It arrives twice. */
  | 'repeated'
  /** It is held back, and arrives behind the one that comes after it. */
  | 'overtaken'

/** The way from a region to the edge, on which a test can disturb pushes. Otherwise it hands on what it gets, unchanged. */
export class PushLink {
  readonly url: string
  readonly #target: string
  readonly #server: Server
  #faults: LinkFault[] = []
  #late: Push[] = []
  isCut = false
  /** Pushes under way at this moment, and the most that ever were at once. */
  underWay = 0
  underWayMax = 0
  pushes = 0
  bytes = 0
  /** Every push that was handed on, to be sent again by whoever recorded it. */
  readonly recorded: Push[] = []

  static async start(target: string): Promise<PushLink> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return new PushLink(server, `http://127.0.0.1:${address.port}`, target)
  }

  private constructor(server: Server, url: string, target: string) {
    this.url = url
    this.#target = target
    this.#server = server
    server.on('request', async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const push = { path: request.url!, headers: request.headers, body: Buffer.concat(parts) }
      this.underWayMax = Math.max(this.underWayMax, ++this.underWay)
      this.pushes++
      this.bytes += push.body.length
      try {
        const answer = await this.#carry(push)
        if (!answer) return void request.socket.destroy()
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
        response.end(await answer.text())
      } catch {
        request.socket.destroy()
      } finally {
        this.underWay--
      }
    })
  }

  /** The next push meets this; several wait for their turns. */
  disturb(...faults: LinkFault[]): void {
    this.#faults.push(...faults)
  }

  /** Faults that no push has met yet. */
  get faultsAhead(): number {
    return this.#faults.length
  }

  get isQuiet(): boolean {
    return this.#faults.length === 0 && this.#late.length === 0
  }

  /** What was recorded, sent once more as it was. */
  send({ path, headers, body }: Push): Promise<Response> {
    const kept = Object.entries(headers).filter(([name]) =>
      /^(content-type|x-plimsoll-signature)$/.test(name),
    )
    return fetch(`${this.#target}${path}`, {
      method: 'POST',
      headers: kept as [string, string][],
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(15_000),
    })
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  /** Null where the sender is to hear nothing. */
  async #carry(push: Push): Promise<Response | null> {
    if (this.isCut) return null
    const fault = this.#faults.shift()
    if (fault === 'lost') return null
    if (fault === 'overtaken') {
      this.#late.push(push)
      return null
    }
    const answer = await this.send(push)
    this.recorded.push(push)
    if (fault === 'repeated') await this.send(push)
    for (const late of this.#late.splice(0)) await this.send(late)
    return fault === 'answer-lost' ? null : answer
  }
}
