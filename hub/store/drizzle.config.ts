import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './hub/store/*tables.ts',
  out: './hub/store/migrations',
})
