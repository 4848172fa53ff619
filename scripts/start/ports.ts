import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export const HOST = '127.0.0.1'

/** Which service listens where; everything stays on the loopback address. */
export type Ports = {
  readonly edge: number
  readonly centre: number
  /** Where this machine's channels take what they are told. */
  readonly channels: number
  readonly regions: Readonly<Record<string, number>>
  readonly natsCentral: number
  readonly natsLeaves: Readonly<Record<string, number>>
  /** Where the central NATS server takes in the regions' leaf links. */
  readonly leafLinks: number
}

export function planPorts(base: number, regions: readonly string[]): Ports {
  const each = (first: number): Record<string, number> =>
    Object.fromEntries(regions.map((region, place) => [region, first + place]))
  return {
    edge: base,
    centre: base + 1,
    channels: base + 2,
    regions: each(base + 10),
    natsCentral: base + 20,
    natsLeaves: each(base + 21),
    leafLinks: base + 40,
  }
}

/** As `busyPorts`, after waiting a little for those who are just letting go of theirs. */
export async function busyPortsAfter(ports: Ports, patienceMs: number): Promise<string[]> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const busy = await busyPorts(ports)
    if (busy.length === 0 || performance.now() > deadline) return busy
    await sleep(50)
  }
}

/** One line for each port that somebody else holds. */
export async function busyPorts(ports: Ports): Promise<string[]> {
  const wanted: [service: string, port: number][] = [
    ['the edge', ports.edge],
    ['the centre', ports.centre],
    ['the channels', ports.channels],
    ...Object.entries(ports.regions).map(([region, port]): [string, number] => [`region ${region}`, port]),
    ['the central nats-server', ports.natsCentral],
    ...Object.entries(ports.natsLeaves).map(([region, port]): [string, number] => [
      `the nats-server of ${region}`,
      port,
    ]),
    ['the leaf links', ports.leafLinks],
  ]
  const lines = await Promise.all(
    wanted.map(async ([service, port]) => {
      const code = await failureToBind(port)
      if (code === null) return null
      return code === 'EADDRINUSE'
        ? `port ${port} is in use, and ${service} needs it: stop what holds it, or choose others by --port-base`
        : `port ${port} can't be used for ${service}: ${code}`
    }),
  )
  return lines.filter((line) => line !== null)
}

function failureToBind(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, HOST, () => server.close(() => resolve(null)))
  })
}
