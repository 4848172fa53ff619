import {
  bigserial,
  boolean,
  doublePrecision,
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

/** Each time that something was wrong, from when it fired to when it was resolved. */
export const alert = pgTable(
  'alert',
  {
    id: text('id').primaryKey(),
    /** kind, region and subject; one may be firing per key. */
    key: text('key').notNull(),
    kind: text('kind').notNull(),
    severity: text('severity').notNull(),
    state: text('state').notNull(),
    group: text('group').notNull(),
    region: text('region').notNull(),
    subject: text('subject').notNull(),
    summary: text('summary').notNull(),
    labels: jsonb('labels').notNull(),
    level: doublePrecision('level').notNull(),
    since: at('since').notNull(),
    updatedAt: at('updated_at').notNull(),
    resolvedAt: at('resolved_at'),
    owner: text('owner'),
    acknowledged: jsonb('acknowledged'),
    /** Somebody has to be told of its change. */
    isNotifyDue: boolean('is_notify_due').notNull(),
    /** When somebody was told last; null: nobody was. */
    notifiedAt: at('notified_at'),
  },
  (t) => [
    uniqueIndex('alert_firing')
      .on(t.key)
      .where(sql`state = 'firing'`),
    index('alert_state').on(t.state, t.updatedAt),
    index('alert_notify')
      .on(t.group)
      .where(sql`is_notify_due`),
  ],
)

export const alertStep = pgTable(
  'alert_step',
  {
    step: bigserial('step', { mode: 'number' }).primaryKey(),
    alert: text('alert').notNull(),
    at: at('at').notNull(),
    what: text('what').notNull(),
    by: text('by').notNull(),
    detail: text('detail').notNull(),
  },
  (t) => [index('alert_step_alert').on(t.alert, t.step)],
)

export const alertSilence = pgTable('alert_silence', {
  id: text('id').primaryKey(),
  kind: text('kind'),
  region: text('region'),
  subject: text('subject'),
  until: at('until').notNull(),
  by: text('by').notNull(),
  reason: text('reason').notNull(),
  at: at('at').notNull(),
})

/** Messages to outputs, kept until they are sent or given up, and for a while after. */
export const alertDelivery = pgTable(
  'alert_delivery',
  {
    id: text('id').primaryKey(),
    output: text('output').notNull(),
    message: jsonb('message').notNull(),
    at: at('at').notNull(),
    state: text('state').notNull(),
    attempts: integer('attempts').notNull(),
    nextAt: at('next_at'),
    error: text('error'),
  },
  (t) => [
    index('alert_delivery_due')
      .on(t.nextAt)
      .where(sql`state = 'waiting'`),
    index('alert_delivery_at').on(t.at),
  ],
)
