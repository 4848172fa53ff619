import type { Centre } from '../centre.ts'
import type { CentreApp } from './centre-app.ts'
import { regionsOf } from './overview.ts'

const INFO = {
  title: 'Plimsoll centre API',
  version: '1.0.0',
  description: 'What all regions said, and whether all copies agree.',
}

export function addHealth(app: CentreApp, centre: Centre): void {
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', (c) => c.json({ status: 'ready', regions: centre.regions }))
  app.get('/openapi.json', (c) => c.json(app.getOpenAPI31Document({ openapi: '3.1.0', info: INFO })))
  app.get('/metrics', async (c) => {
    const lines: string[] = []
    for (const it of await regionsOf(centre)) {
      const figure = (name: string, value: number | null): void =>
        void (value !== null && lines.push(`plimsoll_centre_${name}{region="${it.region}"} ${value}`))
      figure('watermark_age_ms', it.watermarkAgeMs)
      figure('intake_pending', it.intakePending)
      figure('exceptions_open', it.exceptionsOpen)
      figure('variances_open', it.variancesOpen)
      figure('edge_agrees', it.edge.agrees === null ? null : Number(it.edge.agrees))
    }
    return c.text(`${lines.join('\n')}\n`)
  })
}
