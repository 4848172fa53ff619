import pino from 'pino'
import { configFromArgs } from '../shared/node/config-file.ts'
import { listen } from '../shared/node/http.ts'
import { runProcess } from '../shared/node/run-process.ts'
import { regionApi } from './api/app.ts'
import { plainHolds } from './api/plain-holds.ts'
import { RegionConfig } from './config.ts'
import { RegionHub } from './region-hub.ts'

const config = configFromArgs(RegionConfig)
const log = pino({ level: config.logLevel, base: { service: `region-${config.region}` } })

await runProcess(log, async () => {
  const hub = await RegionHub.start(config, { now: () => Date.now() }, log, (why) => {
    log.fatal({ err: why }, 'stepping down: this process writes for the region no more')
    process.exit(1)
  })
  const onFailure = (error: unknown): void => log.error({ err: error }, 'a request failed')
  const { fetch } = regionApi(hub, config, onFailure)
  const api = await listen(fetch, config.http, plainHolds(hub, config.key, onFailure))
  return { url: api.url, close: () => api.close().then(() => hub.stop()) }
})
