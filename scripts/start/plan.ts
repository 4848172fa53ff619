import { join } from 'node:path'
import { sha256Hex } from '../../shared/node/secrets.ts'
import { CHANNELS, FED_CHANNELS } from '../traffic/world/demo-sites.ts'
import { writePrivateFile } from './data-folder.ts'
import type { Flags } from './flags.ts'
import { type Keys, PUSH_KEY_ID } from './keys.ts'
import { centralConfig, leafConfig } from './nats-config.ts'
import type { NatsServer } from './nats-server.ts'
import { HOST, type Ports } from './ports.ts'
import { httpReady, natsReady } from './readiness.ts'
import type { Planned } from './supervisor.ts'

/** What the whole system is made of, on this machine. */
export type Setting = {
  readonly flags: Flags
  readonly ports: Ports
  readonly keys: Keys
  readonly natsServer: NatsServer
}

/** The centre opens a database of its own: on a machine that has other work to do that takes its time. */
const SERVICE_READY_MS_MAX = 60_000
const ROOT = join(import.meta.dirname, '..', '..')

/** Writes every service's configuration and says who starts when:
 *
 *   nats-central ─► nats-<region> ─► region-<region> ─┐
 *        └────────► centre                            ├─► traffic
 *   edge ─────────────────────────────────────────────┘
 */
export function planServices(setting: Setting): Planned[] {
  const { regions, traffic } = setting.flags
  const before = regions.map(regionName)
  return [
    natsCentral(setting),
    ...regions.map((region) => natsLeaf(setting, region)),
    edge(setting),
    channels(setting),
    ...regions.map((region) => regionHub(setting, region)),
    centre(setting),
    ...(traffic ? [trafficOf(setting, [...before, 'edge'])] : []),
  ]
}

const regionName = (region: string): string => `region-${region}`
const natsName = (region: string): string => `nats-${region}`

function natsCentral({ flags, ports, keys, natsServer }: Setting): Planned {
  const text = centralConfig({
    port: ports.natsCentral,
    leafLinks: ports.leafLinks,
    storeDir: join(flags.dataDir, 'nats', 'central'),
    flushesAlways: natsServer.flushesAlways,
    centreSeed: keys.nats.hub,
    leafPasswords: only(keys.nats.leaf, flags.regions),
  })
  return natsProcess('nats-central', natsServer, flags, text, ports.natsCentral)
}

function natsLeaf({ flags, ports, keys, natsServer }: Setting, region: string): Planned {
  const text = leafConfig({
    region,
    port: ports.natsLeaves[region]!,
    storeDir: join(flags.dataDir, 'nats', region),
    flushesAlways: natsServer.flushesAlways,
    centralLink: `${HOST}:${ports.leafLinks}`,
    leafPassword: keys.nats.leaf[region]!,
    hubSeed: keys.nats.region[region]!,
    sourceSeeds: keys.nats.source[region]!,
  })
  return natsProcess(natsName(region), natsServer, flags, text, ports.natsLeaves[region]!)
}

function natsProcess(name: string, server: NatsServer, flags: Flags, config: string, port: number): Planned {
  const path = join(flags.dataDir, 'nats', `${name}.conf`)
  writePrivateFile(path, config)
  return {
    name,
    command: server.path,
    args: ['-c', path],
    ready: natsReady(HOST, port),
    readyWithinMs: SERVICE_READY_MS_MAX,
    after: [], // A leaf waits for its central server by itself.
  }
}

function regionHub({ flags, ports, keys }: Setting, region: string): Planned {
  const dataDir = join(flags.dataDir, region)
  return nodeProcess(regionName(region), 'regions/main.ts', dataDir, {
    after: [natsName(region)],
    url: `http://${HOST}:${ports.regions[region]}`,
    config: {
      region,
      http: { host: HOST, port: ports.regions[region] },
      dataDir,
      key: keys.region[region],
      nats: { servers: [`${HOST}:${ports.natsLeaves[region]}`], seed: keys.nats.region[region] },
      edge: {
        url: `http://${HOST}:${ports.edge}`,
        keyId: PUSH_KEY_ID,
        secret: keys.push[region]![PUSH_KEY_ID],
      },
      feeds: FED_CHANNELS.map((channel) => ({
        channel,
        kind: 'webhook',
        url: `http://${HOST}:${ports.channels}/${channel}`,
        secret: keys.feeds[channel],
      })),
    },
  })
}

/** Shops and marketplaces are elsewhere; one process of this machine stands in for those that are fed. */
function channels({ flags, ports, keys }: Setting): Planned {
  const dataDir = join(flags.dataDir, 'channels')
  return nodeProcess('channels', 'scripts/start/channel-stand-in.ts', dataDir, {
    after: [],
    url: `http://${HOST}:${ports.channels}`,
    config: { http: { host: HOST, port: ports.channels }, dataDir, secrets: only(keys.feeds, FED_CHANNELS) },
  })
}

function edge({ flags, ports, keys }: Setting): Planned {
  const dataDir = join(flags.dataDir, 'edge')
  return nodeProcess('edge', 'scripts/start/edge-server.ts', dataDir, {
    after: [],
    url: `http://${HOST}:${ports.edge}`,
    config: {
      host: HOST,
      port: ports.edge,
      dataDir,
      regions: flags.regions,
      pushSecrets: only(keys.push, flags.regions),
      regionHubs: Object.fromEntries(
        flags.regions.map((region) => [
          region,
          { urls: [`http://${HOST}:${ports.regions[region]}`], key: keys.region[region] },
        ]),
      ),
      operatorKeySha256: sha256Hex(keys.edgeOperator),
      keys: CHANNELS.map(({ channel, segments }) => ({
        sha256: sha256Hex(keys.edge[channel]!),
        channel,
        ...(segments.length > 0 ? { segments } : {}),
        regions: flags.regions,
      })),
    },
  })
}

function centre({ flags, ports, keys }: Setting): Planned {
  const dataDir = join(flags.dataDir, 'hub')
  const databaseUrl = process.env['DATABASE_URL']
  return nodeProcess('centre', 'hub/main.ts', dataDir, {
    after: ['nats-central'],
    url: `http://${HOST}:${ports.centre}`,
    config: {
      http: { host: HOST, port: ports.centre },
      dataDir,
      ...(databaseUrl ? { databaseUrl } : {}),
      key: keys.hub,
      nats: { servers: [`${HOST}:${ports.natsCentral}`], seed: keys.nats.hub },
      regions: flags.regions.map((region) => ({
        region,
        apiUrl: `http://${HOST}:${ports.regions[region]}`,
        apiKey: keys.region[region],
      })),
      edge: { url: `http://${HOST}:${ports.edge}`, operatorKey: keys.edgeOperator },
    },
  })
}

function trafficOf({ flags, ports, keys }: Setting, after: readonly string[]): Planned {
  const dataDir = join(flags.dataDir, 'traffic')
  const config = {
    dataDir,
    regions: flags.regions.map((region) => ({
      region,
      apiUrl: `http://${HOST}:${ports.regions[region]}`,
      apiKey: keys.region[region],
      natsServer: `${HOST}:${ports.natsLeaves[region]}`,
      seeds: keys.nats.source[region],
    })),
    edge: { url: `http://${HOST}:${ports.edge}`, keys: keys.edge },
  }
  return {
    ...nodeProcess('traffic', 'scripts/traffic/main.ts', dataDir, { after, url: '', config }),
    ready: /traffic: running/,
  }
}

function nodeProcess(
  name: string,
  entry: string,
  dataDir: string,
  { after, url, config }: { after: readonly string[]; url: string; config: unknown },
): Planned {
  const path = join(dataDir, 'config.json')
  writePrivateFile(path, `${JSON.stringify(config, null, 2)}\n`)
  return {
    name,
    command: process.execPath,
    args: [join(ROOT, entry), '--config', path],
    ready: httpReady(url),
    readyWithinMs: SERVICE_READY_MS_MAX,
    after,
  }
}

const only = <T>(record: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, record[name]!]))
