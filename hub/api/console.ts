import { consoleFile, consolePage } from '../../shared/node/console-files.ts'
import { problem } from '../../shared/node/http.ts'
import type { CentreApp } from './centre-app.ts'

/** The console, for all regions. */
export function addConsole(app: CentreApp): void {
  app.get('/assets/:name', (c) => consoleFile(c, `assets/${c.req.param('name')}`) ?? problem(c, 'not-found'))
  app.get('*', (c) => consolePage(c, 'centre'))
}
