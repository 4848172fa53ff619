import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
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

/** Less is not worth a header. */
const PACKED_FROM_BYTES = 1_000

/** Beside each asset its packed forms, made once and as small as can be: nobody waits for it when it is served. */
const packed: Plugin = {
  name: 'plimsoll-packed',
  writeBundle({ dir }, bundle) {
    for (const name of Object.keys(bundle)) {
      const path = join(dir!, name)
      const bytes = readFileSync(path)
      if (!/\.(js|css|svg)$/.test(name) || bytes.length < PACKED_FROM_BYTES) continue
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      }
      writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }))
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }))
    }
  },
}

/** The centre serves `dist` under `default-src 'self'`: nothing may be inlined, neither scripts nor `data:` addresses. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [runbooks, react(), packed],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
