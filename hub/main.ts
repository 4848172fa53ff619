import pino from 'pino'
import { configFromArgs } from '../shared/node/config-file.ts'
import { listen } from '../shared/node/http.ts'
import { centreApi } from './api/app.ts'
import { Centre } from './centre.ts'
import { CentreConfig } from './config.ts'

const config = configFromArgs(CentreConfig)
const log = pino({ level: config.logLevel, base: { service: 'centre' } })

process.on('uncaughtException', stopAtOnce)
process.on('unhandledRejection', stopAtOnce)

const centre = await Centre.start(config, { now: () => Date.now() }, log)
const api = await listen(centreApi(centre, config, log).fetch, config.http)
log.info({ url: api.url }, 'listening')

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())

async function stop(): Promise<void> {
  setTimeout(() => process.exit(1), 4_000).unref()
  await api.close()
  await centre.stop()
  process.exit(0)
}

function stopAtOnce(error: unknown): void {
  log.fatal({ err: error }, 'stopping: the centre can not go on')
  process.exit(1)
}
