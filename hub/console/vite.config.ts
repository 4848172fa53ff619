import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The centre serves `dist` under `default-src 'self'`: nothing may be inlined, neither scripts nor `data:` addresses. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
