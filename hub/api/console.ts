import { problem } from '../../shared/node/http.ts'
import type { CentreApp } from './centre-app.ts'
import { consoleFile } from './static-files.ts'

/** The console's files: every address of a page is the page that finds out by itself what to show. */
export function addConsole(app: CentreApp): void {
  app.get('/assets/:name', (c) => consoleFile(c, `assets/${c.req.param('name')}`) ?? problem(c, 'not-found'))
  app.get('*', (c) => {
    if (!isPage(c.req.path, c.req.header('accept'))) return problem(c, 'not-found')
    return (
      consoleFile(c, 'index.html') ??
      c.text('The console is not built: npm start does it, or npx vite build hub/console', 503)
    )
  })
}

/** Who asks for a page's address without wanting one asks for something that is not there. */
const isPage = (path: string, accept = '*/*'): boolean =>
  path === '/' || (!/^\/(v1|session|assets)(\/|$)/.test(path) && accept.includes('text/html'))
