import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../../shared/kernel/random.ts'
import { configFromArgs } from '../../shared/node/config-file.ts'
import { TrafficConfig } from './config.ts'
import { Checkout } from './send/checkout.ts'
import { RegionLane } from './send/region-lane.ts'
import { Storefront } from './send/storefront.ts'
import { keepWorld, openWorld } from './send/world-file.ts'
import { speak } from './voices/speak.ts'
import { advance } from './world/advance.ts'
import { catalogueOf } from './world/catalogue.ts'
import { sitesOf } from './world/demo-sites.ts'
import { masterDataOf } from './world/master-data.ts'

/** Makes live traffic until SIGTERM: the world goes on, its systems speak, a shop reads. */

const TICK_MS = 1000
const SUMMARY_EVERY_MS = 10_000

const config = configFromArgs(TrafficConfig)
const world = openWorld(config.dataDir, config.seed)
const catalogue = catalogueOf(config.seed)
const regions = config.regions.map(({ region }) => region)
const lanes = config.regions.map(
  (target) => new RegionLane(target, masterDataOf(sitesOf(target.region), catalogue, regions)),
)
const storefront = new Storefront(config, catalogue, seededRandom(`${config.seed}/reads/${world.run}`))
const checkout = new Checkout(config, world)
const stopping = new AbortController()
const say = (line: string): void =>
  void process.stdout.write(`${new Date().toISOString()} traffic: ${line}\n`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

/** What has been said in the outbox before is sent before more is thought of, and all is on the disk before it is sent. */
function tick(): void {
  const awake = lanes.filter((lane) => lane.hasRoom(world.regions[lane.name])).map(({ name }) => name)
  for (const scene of advance(world, Date.now(), awake, config)) scene.region.outbox.push(...speak(scene))
  keepWorld(config.dataDir, world)
  checkout.look(world)
}

async function every(ms: number, work: () => void | Promise<void>): Promise<void> {
  while (!stopping.signal.aborted) {
    const started = performance.now()
    await work()
    const rest = Math.max(0, ms - (performance.now() - started))
    await sleep(rest, null, { signal: stopping.signal }).catch(() => {})
  }
}

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ') || 'none'

function summary(): void {
  const events = lanes.reduce((sum, { tally }) => sum + tally.events, 0)
  const files = lanes.reduce((sum, { tally }) => sum + tally.files, 0)
  const refused = lanes.reduce((sum, { tally }) => sum + tally.refused, 0)
  for (const { tally } of lanes) Object.assign(tally, { events: 0, files: 0, refused: 0 })
  const reads = counted(storefront.takeCounts())
  const holds = counted(checkout.takeCounts())
  const states = lanes.map((lane) => {
    const region = world.regions[lane.name]
    return lane.isAway()
      ? `${lane.name} away (${region?.outbox.length ?? 0} waiting: ${lane.lastTrouble})`
      : `${lane.name} ${region?.orders.length ?? 0} open orders`
  })
  say(
    `${events} events, ${files} files${refused > 0 ? `, ${refused} refused` : ''}; edge reads: ${reads}; holds: ${holds}; ${states.join(', ')}`,
  )
}

tick()
await Promise.all(lanes.map((lane) => lane.send(world.regions[lane.name]!, Date.now())))
keepWorld(config.dataDir, world)
say(`running (run ${world.run}, ${lanes.map(({ name }) => name).join(', ')})`)
await Promise.all([
  every(TICK_MS, tick),
  ...lanes.map((lane) => every(250, () => lane.send(world.regions[lane.name]!, world.at))),
  config.readsPerSecond > 0 ? every(1000 / config.readsPerSecond, () => void storefront.read()) : null,
  every(SUMMARY_EVERY_MS, summary),
])
keepWorld(config.dataDir, world)
await Promise.all(lanes.map((lane) => lane.close()))
process.exit(0)
