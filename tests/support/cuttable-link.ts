import { createServer, connect, type Server, type Socket } from 'node:net'

/** A TCP link that can be cut and healed: while it is cut, connections break and new ones are refused. */
export class CuttableLink {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false

  static start(targetPort: number): Promise<CuttableLink> {
    return new Promise((resolve, reject) => {
      const server = createServer()
      server.once('error', reject)
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        if (typeof address !== 'object' || address === null) return reject(new Error('no port'))
        resolve(new CuttableLink(server, address.port, targetPort))
      })
    })
  }

  private constructor(server: Server, port: number, targetPort: number) {
    this.#server = server
    this.port = port
    server.on('connection', (near) => {
      if (this.#isCut) return void near.destroy()
      const far = connect(targetPort, '127.0.0.1')
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket)
        socket.on('error', () => other.destroy())
        socket.on('close', () => {
          this.#sockets.delete(socket)
          other.destroy()
        })
        socket.pipe(other)
      }
    })
  }

  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  heal(): void {
    this.#isCut = false
  }

  close(): Promise<void> {
    this.cut()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}
