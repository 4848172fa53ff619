import { bigint, index, integer, jsonb, pgTable, sql, text, timestamp, uniqueIndex } from './drizzle.ts'

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 3 })

/** Every version of every policy of the centre. What is in it is never changed; only its state moves on. */
export const governedPolicy = pgTable(
  'governed_policy',
  {
    id: text('id').primaryKey(),
    /** `*` or a region. */
    region: text('region').notNull(),
    kind: text('kind').notNull(),
    scope: text('scope').notNull(),
    version: integer('version').notNull(),
    state: text('state').notNull(),
    body: jsonb('body').notNull(),
    localChanges: text('local_changes').notNull(),
    author: text('author').notNull(),
    authorName: text('author_name').notNull(),
    reason: text('reason').notNull(),
    proposedAt: at('proposed_at').notNull(),
    basedOn: integer('based_on').notNull(),
    approver: text('approver'),
    approverName: text('approver_name'),
    decidedAt: at('decided_at'),
    decisionReason: text('decision_reason'),
    revision: bigint('revision', { mode: 'number' }),
    rollbackOf: integer('rollback_of'),
  },
  (t) => [
    uniqueIndex('governed_policy_version').on(t.region, t.kind, t.scope, t.version),
    uniqueIndex('governed_policy_active')
      .on(t.region, t.kind, t.scope)
      .where(sql`state = 'active'`),
    uniqueIndex('governed_policy_revision').on(t.revision),
    index('governed_policy_state').on(t.state, t.proposedAt),
  ],
)

/** What each region said last of the policies it runs. */
export const policyRun = pgTable('policy_run', {
  region: text('region').primaryKey(),
  body: jsonb('body').notNull(),
})
