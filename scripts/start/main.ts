import { join } from 'node:path'
import { CHANNELS, FED_CHANNELS, sitesOf } from '../traffic/world/demo-sites.ts'
import { announcement } from './announce.ts'
import { prepareDataFolder } from './data-folder.ts'
import { parseFlags, type Flags } from './flags.ts'
import { loadOrCreateKeys } from './keys.ts'
import { findNatsServer } from './nats-server.ts'
import { planServices } from './plan.ts'
import { busyPortsAfter, planPorts } from './ports.ts'
import { noteRunning, noteStopped, takeOver } from './running.ts'
import { Supervisor } from './supervisor.ts'

/** `npm start`: the whole system on this machine, until Ctrl-C. */

const EXIT_REFUSED = 1
const EXIT_USAGE = 2
/** A killed process keeps its ports for some milliseconds. */
const LETTING_GO_MS_MAX = 3_000

const say = (line: string): void => void process.stdout.write(`${line}\n`)
// Whoever read us may have gone (a closed pipe): the system runs on.
process.stdout.on('error', () => {})

function refuse(lines: readonly string[], code: number): never {
  for (const line of lines) process.stderr.write(`plimsoll: ${line}\n`)
  process.exit(code)
}

async function start(flags: Flags): Promise<void> {
  const { dataDir, regions } = flags
  const taken = await takeOver(dataDir)
  if (!taken.ok) refuse([taken.error], EXIT_REFUSED)
  if (taken.value.length > 0)
    say(`plimsoll: ended what an earlier start left running: ${taken.value.join(', ')}`)
  const ports = planPorts(flags.portBase, regions)
  const busy = await busyPortsAfter(ports, taken.value.length > 0 ? LETTING_GO_MS_MAX : 0)
  if (busy.length > 0) refuse(busy, EXIT_REFUSED)
  const natsServer = await findNatsServer()
  if (natsServer === null)
    refuse(
      ['nats-server was not found: install the package nats-server, or put it on the PATH'],
      EXIT_REFUSED,
    )
  const folder = prepareDataFolder(dataDir, flags.fresh)
  if (!folder.ok) refuse([folder.error], EXIT_USAGE)
  const keys = loadOrCreateKeys(dataDir, {
    channels: CHANNELS.map(({ channel }) => channel),
    fed: FED_CHANNELS,
    sourcesByRegion: Object.fromEntries(
      regions.map((region) => [region, sitesOf(region).sources.map(({ source }) => source)]),
    ),
  })
  const supervisor = new Supervisor(planServices({ flags, ports, keys, natsServer }), {
    logsDir: join(dataDir, 'logs'),
    say: (line) => say(`plimsoll: ${line}`),
    onChildren: (pids) => noteRunning(dataDir, pids),
  })
  stopOnSignals(supervisor, dataDir)
  await supervisor.start().catch(async (error: Error) => {
    await supervisor.stop()
    noteStopped(dataDir)
    refuse([error.message], EXIT_REFUSED)
  })
  if (isStopping) return
  for (const line of announcement(flags, ports, keys)) say(line)
  say('ready')
}

let isStopping = false

function stopOnSignals(supervisor: Supervisor, dataDir: string): void {
  const stop = async (): Promise<void> => {
    if (isStopping) return
    isStopping = true
    say('plimsoll: stopping')
    await supervisor.stop()
    noteStopped(dataDir)
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())
  process.once('exit', () => supervisor.endNow())
}

const flags = parseFlags(process.argv.slice(2))
if (!flags.ok) refuse([flags.error], EXIT_USAGE)
await start(flags.value)
