import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  sql,
  text,
  timestamp,
  uniqueIndex,
} from './drizzle.ts'

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 3 })
const units = (name: string) => bigint(name, { mode: 'number' })

/** Where two copies of the truth differ, or differed. */
export const variance = pgTable(
  'variance',
  {
    id: text('id').primaryKey(),
    /** What it is a variance of; one may be open per key. */
    key: text('key').notNull(),
    region: text('region').notNull(),
    kind: text('kind').notNull(),
    class: text('class').notNull().default('unknown'),
    state: text('state').notNull(),
    /** False while what is in flight may still take it away. */
    isSettled: boolean('is_settled').notNull().default(true),
    /** The evidence has changed since the class was worked out. */
    isClassDue: boolean('is_class_due').notNull().default(false),
    tier: text('tier'),
    source: text('source'),
    sku: text('sku'),
    node: text('node'),
    subject: text('subject').notNull(),
    difference: units('difference').notNull(),
    value: units('value'),
    /** How many counts in a row showed this very difference. */
    seen: integer('seen').notNull(),
    /** The person who looks after it. */
    owner: text('owner'),
    openedAt: at('opened_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    closedAt: at('closed_at'),
    evidence: jsonb('evidence').notNull(),
    /** The correction that was proposed to the region, as it is by now. */
    proposal: jsonb('proposal'),
  },
  (t) => [
    uniqueIndex('variance_open')
      .on(t.key)
      .where(sql`state = 'open'`),
    index('variance_key').on(t.key),
    index('variance_state').on(t.state, t.updatedAt),
    index('variance_updated').on(t.updatedAt),
    index('variance_sku').on(t.sku),
    index('variance_difference').on(t.region, t.node, t.difference),
    index('variance_closed').on(t.closedAt),
    index('variance_class_due')
      .on(t.updatedAt)
      .where(sql`is_class_due`),
  ],
)

/** What happened to a variance, in order: nothing of it is ever changed. */
export const varianceStep = pgTable(
  'variance_step',
  {
    step: bigserial('step', { mode: 'number' }).primaryKey(),
    variance: text('variance').notNull(),
    at: at('at').notNull(),
    what: text('what').notNull(),
    /** A person, or `centre`. */
    by: text('by').notNull(),
    detail: text('detail').notNull(),
  },
  (t) => [index('variance_step_variance').on(t.variance, t.step)],
)
