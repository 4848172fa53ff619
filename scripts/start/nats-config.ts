import { CENTRE_DOMAIN, POLICIES_BUCKET } from '../../shared/contract/policy-bundle.ts'
import { policiesAnswers, policiesChanged, policiesSubject } from '../../shared/contract/subjects.ts'
import { publicKeyOf } from '../../shared/node/nkey.ts'
import { HOST } from './ports.ts'

/**
 * The configuration of the NATS servers: one central, one leaf a region, each with its own JetStream domain. Who may
 * say and hear what is decided here, so that no system can speak as another and no region can write another's data:
 *
 *   source ──inbound.eu.<source>──► leaf eu ◄──everything of eu── hub of eu
 *                                     │  leaf link: answers of the JetStream API of eu, and what the centre sources
 *                                     ▼
 *                                   central ◄── the centre
 */

/** Where a region's JetStream delivers what the centre sources from it; a region may deliver to no other's. */
export const sourcingPrefix = (region: string): string => `sourcing.${region}`

export type CentralServer = {
  readonly port: number
  readonly leafLinks: number
  readonly storeDir: string
  readonly flushesAlways: boolean
  readonly centreSeed: string
  /** By region. */
  readonly leafPasswords: Readonly<Record<string, string>>
}

export function centralConfig(server: CentralServer): string {
  const users = [
    user({ nkey: publicKeyOf(server.centreSeed), kinds: ['STANDARD'], ...centrePermissions() }),
    ...Object.entries(server.leafPasswords).map(([region, password]) =>
      user({ user: region, password, kinds: ['LEAFNODE'], ...leafLinkPermissions(region) }),
    ),
  ]
  return [
    ...common('hub', server),
    `leafnodes { listen: ${quoted(`${HOST}:${server.leafLinks}`)} }`,
    ...authorization(users),
  ].join('\n')
}

export type LeafServer = {
  readonly region: string
  readonly port: number
  readonly storeDir: string
  readonly flushesAlways: boolean
  /** `host:port` of the central server's leaf links. */
  readonly centralLink: string
  readonly leafPassword: string
  readonly hubSeed: string
  /** Seeds by source. */
  readonly sourceSeeds: Readonly<Record<string, string>>
}

export function leafConfig(server: LeafServer): string {
  const { region } = server
  const users = [
    user({ nkey: publicKeyOf(server.hubSeed), ...regionHubPermissions(region) }),
    ...Object.entries(server.sourceSeeds).map(([source, seed]) =>
      user({ nkey: publicKeyOf(seed), ...sourcePermissions(region, source) }),
    ),
  ]
  const link = `nats-leaf://${region}:${server.leafPassword}@${server.centralLink}`
  return [
    ...common(region, server),
    `leafnodes { reconnect: 1, remotes: [ { url: ${quoted(link)} } ] }`,
    ...authorization(users),
  ].join('\n')
}

type Permissions = { readonly publish: readonly string[]; readonly subscribe: readonly string[] }

/** Its own JetStream; what it takes from the regions is fetched by the server, not by this user. */
const centrePermissions = (): Permissions => ({
  publish: ['$JS.API.>', '$JS.hub.API.>', '$JS.ACK.>', '$JS.FC.>', '$KV.>', 'policies.changed.>'],
  subscribe: ['_INBOX.>', '$KV.>'],
})

/**
 * What crosses a region's leaf link, as the central server sees it; both ends of a region may be hostile, so this is
 * the list of all that is let through, and `inbound.`, `facts.`, `$JS.<other>.API.` and the like are not on it.
 * `$JSC.R.` are answers to the central JetStream's own questions, each to a random name that lives for seconds.
 */
const leafLinkPermissions = (region: string): Permissions => ({
  publish: ['$JSC.R.>', `${sourcingPrefix(region)}.>`, readsPolicies(region)],
  subscribe: [`$JS.${region}.API.>`, '$JS.FC.>', policiesChanged(region), `${policiesAnswers(region)}.>`],
})

/** A region asks for the latest word of its own key, and can ask the centre's JetStream nothing else: no consumer, no put. */
const readsPolicies = (region: string): string =>
  `$JS.${CENTRE_DOMAIN}.API.DIRECT.GET.KV_${POLICIES_BUCKET}.${policiesSubject(region)}`

const regionHubPermissions = (region: string): Permissions => {
  const own = ['inbound', 'facts', 'exceptions', 'reports', 'feeds'].map((stream) => `${stream}.${region}.>`)
  return {
    publish: [
      ...own,
      `decisions.${region}`,
      '$JS.API.>',
      '$JS.ACK.>',
      '$JS.FC.>',
      '$KV.>',
      readsPolicies(region),
    ],
    subscribe: [
      ...own,
      `decisions.${region}`,
      '_INBOX.>',
      '$KV.>',
      policiesChanged(region),
      `${policiesAnswers(region)}.>`,
    ],
  }
}

/** A source speaks under its own name only, and hears the acknowledgements sent to its own inbox, not to others'. */
const sourcePermissions = (region: string, source: string): Permissions => ({
  publish: [`inbound.${region}.${source}`],
  subscribe: [`${sourceInbox(source)}.>`],
})

/** The inbox prefix that a source's NATS client has to use. */
export const sourceInbox = (source: string): string => `_INBOX.${source}`

function common(
  domain: string,
  server: { readonly port: number; readonly storeDir: string; readonly flushesAlways: boolean },
): string[] {
  const flush = server.flushesAlways ? ', sync_interval: always' : ''
  return [
    `listen: ${quoted(`${HOST}:${server.port}`)}`,
    `server_name: ${quoted(domain)}`,
    `jetstream { domain: ${quoted(domain)}, store_dir: ${quoted(server.storeDir)}${flush} }`,
    'max_payload: 8388608',
    'ping_interval: "5s"',
    'write_deadline: "5s"',
  ]
}

type User = Permissions & { readonly kinds?: readonly string[] } & (
    | { readonly nkey: string }
    | { readonly user: string; readonly password: string }
  )

function user(one: User): string {
  const name =
    'nkey' in one ? `nkey: ${one.nkey}` : `user: ${quoted(one.user)}, password: ${quoted(one.password)}`
  const kinds = one.kinds ? `, allowed_connection_types: ${list(one.kinds)}` : ''
  return `{ ${name}${kinds}, permissions: { publish: { allow: ${list(one.publish)} }, subscribe: { allow: ${list(one.subscribe)} } } }`
}

const authorization = (users: readonly string[]): string[] => [
  'authorization {',
  '  users: [',
  ...users.map((line) => `    ${line}`),
  '  ]',
  '}',
  '',
]

/** JSON's strings are also those of the server's configuration format; ours hold no control characters. */
const quoted = (text: string): string => JSON.stringify(text)
const list = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`
