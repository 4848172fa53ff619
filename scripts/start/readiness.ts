import { connect } from 'node:net'

/** How one asks a service whether it is ready. It never throws and answers within `ASK_MS_MAX`. */
export type Probe = () => Promise<boolean>

const ASK_MS_MAX = 2000

/** `GET /readyz` is 200. */
export const httpReady =
  (url: string): Probe =>
  async () => {
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ASK_MS_MAX) })
      await response.body?.cancel()
      return response.status === 200
    } catch {
      return false
    }
  }

/** A nats-server greets with an INFO line; its JetStream is up by then. */
export const natsReady =
  (host: string, port: number): Probe =>
  () =>
    new Promise((resolve) => {
      const socket = connect({ host, port })
      const answer = (isReady: boolean): void => {
        socket.destroy()
        resolve(isReady)
      }
      socket.setTimeout(ASK_MS_MAX, () => answer(false))
      socket.once('error', () => answer(false))
      socket.once('data', (data) => answer(data.toString('latin1').startsWith('INFO ')))
    })
