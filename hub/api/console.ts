import { problem } from '../../shared/node/http.ts'
import type { CentreApp } from './centre-app.ts'
import { consoleFile } from './static-files.ts'

/** The console's files. */
export function addConsole(app: CentreApp): void {
  app.get(
    '/',
    (c) =>
      consoleFile(c, 'index.html') ??
      c.text('The console is not built: npm start does it, or npx vite build hub/console', 503),
  )
  app.get('/assets/:name', (c) => consoleFile(c, `assets/${c.req.param('name')}`) ?? problem(c, 'not-found'))
}
