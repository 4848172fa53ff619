import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './regions/store/tables.ts',
  out: './regions/store/migrations',
})
