import pino from 'pino'
import { configFromArgs } from '../shared/node/config-file.ts'
import { listen } from '../shared/node/http.ts'
import { runProcess } from '../shared/node/run-process.ts'
import { centreApi } from './api/app.ts'
import { Centre } from './centre.ts'
import { CentreConfig } from './config.ts'

const config = configFromArgs(CentreConfig)
const log = pino({ level: config.logLevel, base: { service: 'centre' } })

await runProcess(log, async () => {
  const centre = await Centre.start(config, { now: () => Date.now() }, log)
  const api = await listen(centreApi(centre, config, log).fetch, config.http)
  return { url: api.url, close: () => api.close().then(() => centre.stop()) }
})
