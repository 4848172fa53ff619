import { relative } from 'node:path'
import type { Flags } from './flags.ts'
import { type Keys, keysFile } from './keys.ts'
import { HOST, type Ports } from './ports.ts'

/** What one needs to know of the running system: one line a service, the keys, and where to look. */
export function announcement(flags: Flags, ports: Ports, keys: Keys): string[] {
  const line = (name: string, url: string, remark = ''): string =>
    `${name.padEnd(14)} ${url.padEnd(24)} ${remark}`.trimEnd()
  const http = (port: number): string => `http://${HOST}:${port}`
  const nats = (port: number): string => `nats://${HOST}:${port}`
  return [
    line('nats-central', nats(ports.natsCentral)),
    ...flags.regions.map((region) => line(`nats-${region}`, nats(ports.natsLeaves[region]!))),
    line('edge', http(ports.edge), 'what channels call'),
    line(
      'channels',
      http(ports.channels),
      'a stand-in for those that are fed: /amazon shows what it was told',
    ),
    ...flags.regions.map((region) =>
      line(`region-${region}`, http(ports.regions[region]!), `key ${keys.region[region]}`),
    ),
    line('centre', http(ports.centre), `key ${keys.hub}`),
    ...(flags.traffic ? [line('traffic', 'live', 'npm start -- --no-traffic goes without')] : []),
    '',
    ...Object.entries(keys.edge).map(([channel, key]) => `demo channel key  ${channel.padEnd(13)} ${key}`),
    `console           ${http(ports.centre)}/  sign in with ${keys.hub}`,
    `keys, data, logs  ${tidy(keysFile(flags.dataDir))}, ${tidy(flags.dataDir)}, ${tidy(`${flags.dataDir}/logs`)}`,
  ]
}

const tidy = (path: string): string => {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}
