import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { runbookOf } from './src/runbooks/markdown.ts'

/** A runbook (docs/runbooks) becomes a module with its tree, so that no page carries a Markdown reader; `?title` is its title alone. */
const runbooks: Plugin = {
  name: 'plimsoll-runbooks',
  enforce: 'pre',
  transform(text, id) {
    if (!/\.md(\?title)?$/.test(id)) return
    const runbook = runbookOf(text)
    const [name, value] = id.endsWith('?title') ? ['title', runbook.title] : ['runbook', runbook]
    return { code: `export const ${name} = ${JSON.stringify(value)}`, map: null }
  },
}

/** The centre serves `dist` under `default-src 'self'`: nothing may be inlined, neither scripts nor `data:` addresses. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [runbooks, react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
