import { createRequire } from 'node:module'

/**
 * Drizzle, as much of it as the centre uses. It is loaded as CommonJS: of an ES module Node reads the package.json anew
 * for each file, and drizzle's has 180 kB, which costs a start two seconds of CPU.
 */
const load = createRequire(import.meta.url)

export const {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  max,
  ne,
  notExists,
  or,
  sql,
} = load('drizzle-orm') as typeof import('drizzle-orm')

export const {
  alias,
  bigint,
  bigserial,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} = load('drizzle-orm/pg-core') as typeof import('drizzle-orm/pg-core')

export const { drizzle: drizzlePg } = load(
  'drizzle-orm/node-postgres',
) as typeof import('drizzle-orm/node-postgres')

export const { migrate: migratePg } = load(
  'drizzle-orm/node-postgres/migrator',
) as typeof import('drizzle-orm/node-postgres/migrator')

export const { drizzle: drizzlePglite } = load('drizzle-orm/pglite') as typeof import('drizzle-orm/pglite')

export const { migrate: migratePglite } = load(
  'drizzle-orm/pglite/migrator',
) as typeof import('drizzle-orm/pglite/migrator')
