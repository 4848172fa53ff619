import { createServer, type Server, type Socket } from 'node:net'

export type Letter = { readonly from: string; readonly to: readonly string[]; readonly text: string }

/** A mail server that keeps what it is given, as RFC 5321 has it: enough for a client that sends. */
export class SmtpReceiver {
  readonly letters: Letter[] = []
  readonly port: number
  readonly #server: Server
  /** It answers 451 to so many letters before it takes one. */
  refusals = 0

  static async start(): Promise<SmtpReceiver> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new SmtpReceiver(server)
  }

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as { port: number }).port
    server.on('connection', (socket) => this.#talk(socket))
  }

  #talk(socket: Socket): void {
    let [buffer, from, isData] = ['', '', false]
    let to: string[] = []
    socket.on('error', () => {})
    const say = (line: string): boolean => socket.write(`${line}\r\n`)
    say('220 mail.test')
    socket.on('data', (bytes) => {
      buffer += bytes.toString('utf8')
      for (let end = buffer.indexOf('\r\n'); end >= 0 && !isData; end = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, end)
        buffer = buffer.slice(end + 2)
        const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
        if (/^(EHLO|HELO)/i.test(line)) say('250 mail.test')
        else if (/^MAIL FROM/i.test(line)) [from, to] = [address, []]
        else if (/^RCPT TO/i.test(line)) to.push(address)
        if (/^(MAIL|RCPT|RSET|NOOP)/i.test(line)) say('250 ok')
        if (/^DATA/i.test(line)) {
          isData = true
          say('354 go on')
        }
        if (/^QUIT/i.test(line)) {
          say('221 bye')
          socket.end()
        }
      }
      const end = isData ? buffer.indexOf('\r\n.\r\n') : -1
      if (end < 0) return
      const text = buffer.slice(0, end)
      buffer = buffer.slice(end + 5)
      isData = false
      if (this.refusals > 0) {
        this.refusals--
        say('451 come again')
        return
      }
      this.letters.push({ from, to, text })
      say('250 taken')
    })
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}
