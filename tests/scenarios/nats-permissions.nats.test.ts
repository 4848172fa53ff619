import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PolicyBundle } from '../../shared/contract/policy-bundle.ts'
import { Region } from '../../shared/domain/ids.ts'
import { onCentreWord, openCentreWords, readCentreWord, unpackBundle } from '../../shared/node/centre-word.ts'
import { type Bus, connectBus, ensureStream, streamState } from '../../shared/node/nats.ts'
import { freePort } from '../support/free-port.ts'
import { completeKeys } from '../../scripts/start/keys.ts'
import { centralConfig, leafConfig, sourceInbox, sourcingPrefix } from '../../scripts/start/nats-config.ts'
import { findNatsServer } from '../../scripts/start/nats-server.ts'
import { natsReady } from '../../scripts/start/readiness.ts'

/** The very configurations that `npm start` writes, with real servers: who may say and hear what. */

const HOST = '127.0.0.1'
const REGIONS = ['eu', 'us'] as const
const keys = completeKeys(null, {
  channels: [],
  sourcesByRegion: { eu: ['wms-ber1', 'erp-eu'], us: ['wms-chi1'] },
})

const dir = mkdtempSync(join(tmpdir(), 'plimsoll-permissions-'))
const servers: ChildProcess[] = []
const buses: Bus[] = []
const ports: Record<string, number> = {}

beforeAll(async () => {
  const found = await findNatsServer()
  if (found === null) throw new Error('this test needs nats-server')
  for (const name of ['central', 'links', ...REGIONS]) ports[name] = await freePort()
  const { flushesAlways } = found
  await run(
    found.path,
    'central',
    centralConfig({
      port: ports['central']!,
      leafLinks: ports['links']!,
      storeDir: join(dir, 'central'),
      flushesAlways,
      centreSeed: keys.nats.hub,
      leafPasswords: keys.nats.leaf,
    }),
  )
  for (const region of REGIONS) await run(found.path, region, leafOf(region, flushesAlways))
  for (const region of REGIONS) {
    const bus = await connected(region, keys.nats.region[region]!)
    await ensureStream(bus, { name: 'INBOUND', subjects: [`inbound.${region}.>`] })
    await ensureStream(bus, { name: 'FACTS', subjects: [`facts.${region}.>`] })
  }
})

afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()))
  await Promise.all(
    servers.map((server) => {
      server.kill('SIGKILL')
      return once(server, 'exit')
    }),
  )
  rmSync(dir, { recursive: true, force: true })
})

test('a source is heard under its own name, and gets its acknowledgement', async () => {
  const { connection } = await connected('eu', sourceSeed('eu', 'wms-ber1'))
  const answer = await connection.request('inbound.eu.wms-ber1', '{}', {
    timeout: 2000,
    noMux: true,
    reply: `${sourceInbox('wms-ber1')}.1`,
  })
  expect(answer.json()).toMatchObject({ stream: 'INBOUND', seq: 1 })
})

test.each([
  ['another source of its region', 'inbound.eu.erp-eu'],
  ['a source of another region', 'inbound.us.wms-chi1'],
  ['its region’s facts', 'facts.eu.wms-ber1'],
  ['what a channel is told', 'feeds.eu.shop.X'],
  ['the JetStream API', '$JS.API.STREAM.DELETE.INBOUND'],
  ['another region’s JetStream API', '$JS.us.API.STREAM.DELETE.FACTS'],
  ['an inbox of the hub', '_INBOX.anything'],
])('a source may not speak as %s', async (_, subject) => {
  const { connection } = await connected('eu', sourceSeed('eu', 'wms-ber1'))
  expect(await refusalOf(connection, () => connection.publish(subject, '{}'))).toBe(`publish ${subject}`)
})

test.each(['>', 'inbound.eu.>', 'facts.eu.>', 'feeds.eu.>', '_INBOX.>', '_INBOX.erp-eu.>'])(
  'a source may not listen to %s',
  async (subject) => {
    const { connection } = await connected('eu', sourceSeed('eu', 'wms-ber1'))
    const listen = (): void => void connection.subscribe(subject, { callback: () => {} })
    expect(await refusalOf(connection, listen)).toBe(`subscription ${subject}`)
  },
)

test.each([
  'inbound.us.wms-chi1',
  'facts.us.wms-chi1',
  'feeds.us.shop.X',
  'decisions.us',
  '$JS.us.API.STREAM.PURGE.FACTS',
])('the hub of a region may not publish %s', async (subject) => {
  const { connection } = await connected('eu', keys.nats.region['eu']!)
  expect(await refusalOf(connection, () => connection.publish(subject, '{}'))).toBe(`publish ${subject}`)
})

test('the centre sources a region’s facts over the link', async () => {
  const eu = await busOf('eu')
  for (let i = 0; i < 50; i++) await eu.js.publish('facts.eu.wms-ber1', `fact ${i}`)
  const centre = await connected('central', keys.nats.hub)
  await centre.jsm.streams.add({
    name: 'FACTS_eu',
    sources: [{ name: 'FACTS', external: { api: '$JS.eu.API', deliver: sourcingPrefix('eu') } }],
  })
  await until(async () => (await streamState(centre, 'FACTS_eu'))?.lastSequence === 50)
  const first = await centre.jsm.streams.getMessage('FACTS_eu', { seq: 1 })
  expect(first).toMatchObject({ subject: 'facts.eu.wms-ber1' })
})

/**
 * The worst case: a region whose machine was taken over runs its leaf server with no rules of its own. Only what the
 * central server lets through its link counts then.
 */
test('a region that was taken over reaches nothing of another’s across its link', async () => {
  const us = await busOf('us')
  const centre = await busOf('central')
  await us.js.publish('facts.us.wms-chi1', 'true')
  const heard: string[] = []
  const rogue = await rogueLeaf('eu')
  for (const subject of [
    'inbound.>',
    'facts.>',
    'decisions.>',
    'reports.>',
    '_INBOX.>',
    '$JS.us.API.>',
    'sourcing.us.>',
  ])
    rogue.connection.subscribe(subject, { callback: (_, message) => heard.push(message.subject) })
  await centre.jsm.streams.add({
    name: 'FACTS_us',
    sources: [{ name: 'FACTS', external: { api: '$JS.us.API', deliver: sourcingPrefix('us') } }],
  })
  await until(async () => (await streamState(centre, 'FACTS_us'))?.lastSequence === 1)
  await rogue.connection.flush()
  expect(heard).toEqual([])
  for (const subject of [
    'inbound.us.wms-chi1',
    'facts.us.wms-chi1',
    'sourcing.us.S.guessed',
    '$JS.hub.API.STREAM.DELETE.FACTS_us',
  ])
    rogue.connection.publish(subject, 'forged')
  for (const subject of [
    '$JS.us.API.STREAM.PURGE.FACTS',
    '$JS.us.API.STREAM.INFO.FACTS',
    '$JS.hub.API.STREAM.INFO.FACTS_us',
  ])
    await expect(rogue.connection.request(subject, '', { timeout: 500 })).rejects.toThrow(/503|TIMEOUT/)
  await rogue.connection.flush()
  await us.js.publish('facts.us.wms-chi1', 'true again')
  await until(async () => (await streamState(centre, 'FACTS_us'))?.lastSequence === 2)
  expect(await streamState(us, 'FACTS')).toMatchObject({ lastSequence: 2 })
  expect(await streamState(us, 'INBOUND')).toMatchObject({ lastSequence: 0 })
})

const word = (region: 'eu' | 'us'): PolicyBundle => ({
  format: 1,
  region: Region.parse(region),
  revision: 1,
  policies: [],
})

test('a region reads the centre’s word for itself, and hears of a new one', async () => {
  const { say } = await openCentreWords(await busOf('central'))
  const eu = await busOf('eu')
  let heard = 0
  onCentreWord(eu, 'eu', () => heard++)
  expect(await readCentreWord(eu, 'eu')).toBe(null)
  await say(word('us'))
  await say(word('eu'))
  await until(async () => heard === 1)
  expect(unpackBundle((await readCentreWord(eu, 'eu'))!)).toMatchObject({ region: 'eu', revision: 1 })
})

test('the centre’s word is not a region’s to write, nor another’s to read, even where it was taken over', async () => {
  const centre = await busOf('central')
  const written = async (): Promise<number> => (await streamState(centre, 'KV_POLICIES'))!.lastSequence
  const before = await written()
  const eu = await busOf('eu')
  const rogue = await rogueLeaf('eu')
  for (const bus of [eu, rogue]) {
    await expect(readCentreWord(bus, 'us')).rejects.toThrow(/503|TIMEOUT|Permissions Violation/)
    bus.connection.publish('$KV.POLICIES.eu', 'forged')
    bus.connection.publish('$KV.POLICIES.us', 'forged')
    await bus.connection.flush()
  }
  for (const subject of [
    '$JS.hub.API.STREAM.INFO.KV_POLICIES',
    '$JS.hub.API.STREAM.PURGE.KV_POLICIES',
    '$JS.hub.API.CONSUMER.CREATE.KV_POLICIES',
    '$JS.hub.API.DIRECT.GET.KV_POLICIES',
    '$JS.hub.API.DIRECT.GET.KV_POLICIES.$KV.POLICIES.us',
  ])
    await expect(
      rogue.connection.request(subject, '{}', {
        timeout: 500,
        noMux: true,
        reply: 'policies.answers.eu.rogue',
      }),
    ).rejects.toThrow(/503|TIMEOUT/)
  const heard: string[] = []
  for (const subject of ['$KV.POLICIES.us', '$KV.>', 'policies.changed.us', 'policies.answers.us.>'])
    rogue.connection.subscribe(subject, { callback: (_, message) => heard.push(message.subject) })
  await rogue.connection.flush()
  await (await openCentreWords(centre)).say(word('us'))
  await sleep(300)
  expect(heard).toEqual([])
  expect(await written()).toBe(before + 1)
})

test('the password of a leaf link opens nothing to a client', async () => {
  const login = JSON.stringify({ user: 'eu', pass: keys.nats.leaf['eu'], verbose: false })
  expect(await saidTo(`CONNECT ${login}\r\nPING\r\n`)).toContain('Authorization Violation')
})

const sourceSeed = (region: string, source: string): string => keys.nats.source[region]![source]!

const leafOf = (region: (typeof REGIONS)[number], flushesAlways: boolean): string =>
  leafConfig({
    region,
    port: ports[region]!,
    storeDir: join(dir, region),
    flushesAlways,
    centralLink: `${HOST}:${ports['links']}`,
    leafPassword: keys.nats.leaf[region]!,
    hubSeed: keys.nats.region[region]!,
    sourceSeeds: keys.nats.source[region]!,
  })

async function run(path: string, name: string, config: string, port = ports[name]!): Promise<void> {
  writeFileSync(join(dir, `${name}.conf`), config)
  servers.push(spawn(path, ['-c', join(dir, `${name}.conf`)], { stdio: 'ignore' }))
  await until(natsReady(HOST, port))
}

async function connected(server: string, seed: string): Promise<Bus> {
  const bus = await connectBus('test', { servers: [`${HOST}:${ports[server]}`], seed })
  buses.push(bus)
  return bus
}

const busOf = (server: 'eu' | 'us' | 'central'): Promise<Bus> =>
  connected(server, server === 'central' ? keys.nats.hub : keys.nats.region[server]!)

/** A leaf with the region's own password, where everybody may everything. */
async function rogueLeaf(region: string): Promise<Bus> {
  const { path } = (await findNatsServer())!
  const port = await freePort()
  const link = `nats-leaf://${region}:${keys.nats.leaf[region]}@${HOST}:${ports['links']}`
  await run(
    path,
    'rogue',
    `listen: "${HOST}:${port}"\nserver_name: rogue\nleafnodes { remotes: [ { url: "${link}" } ] }`,
    port,
  )
  await sleep(500) // the link comes up after the server
  const bus = await connectBus('rogue', { servers: [`${HOST}:${port}`] })
  buses.push(bus)
  return bus
}

/** What the server said it does not permit, e.g. `publish inbound.us.wms-chi1`. */
async function refusalOf(connection: Bus['connection'], act: () => void): Promise<string> {
  const told = (async () => {
    for await (const status of connection.status())
      if (status.permissionContext)
        return `${status.permissionContext.operation} ${status.permissionContext.subject}`
    return 'the connection was closed'
  })()
  act()
  await connection.flush()
  return Promise.race([told, sleep(2000, 'nothing was refused')])
}

/** What the central server answers to these bytes before it closes, or within a second. */
function saidTo(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let said = ''
    const socket = connect({ host: HOST, port: ports['central']! }, () => socket.write(bytes))
    socket.setTimeout(1000, () => socket.destroy())
    socket.on('data', (data) => (said += data.toString('utf8')))
    socket.on('close', () => resolve(said))
    socket.on('error', () => {})
  })
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('not within 10 s')
    await sleep(50)
  }
}
