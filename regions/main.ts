import pino from 'pino'
import { configFromArgs } from '../shared/node/config-file.ts'
import { listen } from '../shared/node/http.ts'
import { regionApi } from './api/app.ts'
import { RegionConfig } from './config.ts'
import { RegionHub } from './region-hub.ts'

const config = configFromArgs(RegionConfig)
const log = pino({ level: config.logLevel, base: { service: `region-${config.region}` } })

// A fold that could not be put on the disk leaves memory ahead of it: stop at once, and recover from the journal.
process.on('uncaughtException', stopAtOnce)
process.on('unhandledRejection', stopAtOnce)

const hub = await RegionHub.start(config, { now: () => Date.now() }, log)
const api = await listen(regionApi(hub, config, log).fetch, config.http)
log.info({ url: api.url }, 'listening')

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())

async function stop(): Promise<void> {
  setTimeout(() => process.exit(1), 4_000).unref()
  await api.close()
  await hub.stop()
  process.exit(0)
}

function stopAtOnce(error: unknown): void {
  log.fatal({ err: error }, 'stopping: the region can not go on')
  process.exit(1)
}
