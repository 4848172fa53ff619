import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Received = {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
export type Answer = {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string | object
}

/** A channel at the other end of the wire: it writes down what it is sent, and answers as it is told to. */
export class ChannelReceiver {
  readonly received: Received[] = []
  /** What it answers; a promise that never resolves keeps the caller waiting. */
  answer: (received: Received) => Answer | Promise<Answer> = () => ({})
  readonly #server: Server
  url = ''

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', async () => {
        const received = {
          at: Date.now(),
          method: request.method!,
          path: request.url!,
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        }
        this.received.push(received)
        const { status = 200, headers = {}, body = '' } = await this.answer(received)
        response.writeHead(status, { 'content-type': 'application/json', ...headers })
        response.end(typeof body === 'string' ? body : JSON.stringify(body))
      })
    })
  }

  static async start(): Promise<ChannelReceiver> {
    const receiver = new ChannelReceiver()
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', () => resolve()))
    receiver.url = `http://127.0.0.1:${(receiver.#server.address() as AddressInfo).port}`
    return receiver
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }
}
