import { blob, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * A region's own database: the durability boundary. Migrations are generated from here (`npx drizzle-kit generate
 * --config regions/store/drizzle.config.ts`) and then edited: STRICT and WITHOUT ROWID can't be expressed here.
 */

/** One message of a stream, as it came: its facts, and by what each was recognised. Append-only. */
export const journal = sqliteTable('journal', {
  entry: integer('entry').primaryKey(),
  stream: text('stream').notNull(),
  streamSequence: integer('stream_sequence').notNull(),
  recordedAt: integer('recorded_at').notNull(),
  /** The journal sequence before the first fact of this entry that took effect. */
  sequenceBefore: integer('sequence_before').notNull(),
  body: blob('body').notNull(),
  /** FACT_KEY_WORDS unsigned 32-bit integers a fact. */
  keys: blob('keys').notNull(),
  /** A byte a fact: 0 accepted, 1 duplicate, 2 conflict. */
  statuses: blob('statuses').notNull(),
  /** SHA-256 over the hash before and all of this row. */
  hash: blob('hash').notNull(),
})

/** How far each stream is read. `created` tells a stream that was made anew from the one we read before. */
export const cursor = sqliteTable('cursor', {
  stream: text('stream').primaryKey(),
  created: text('created').notNull(),
  sequence: integer('sequence').notNull(),
})

export const meta = sqliteTable('meta', { key: text('key').primaryKey(), value: text('value').notNull() })

/** A row per position, by its slot in memory: writing ten thousand of them is a walk along one tree of integers. */
export const position = sqliteTable('position', {
  slot: integer('slot').primaryKey(),
  sku: text('sku').notNull(),
  node: text('node').notNull(),
  /** '' is no lot. */
  lot: text('lot').notNull(),
  onHand: integer('on_hand').notNull(),
  damaged: integer('damaged').notNull(),
  quarantined: integer('quarantined').notNull(),
  asOf: integer('as_of').notNull(),
  /** The counts that the states stand on, JSON by state. */
  counts: text('counts').notNull(),
})

export const demandLine = sqliteTable(
  'demand_line',
  {
    orderRef: text('order_ref').notNull(),
    line: text('line').notNull(),
    sku: text('sku').notNull(),
    body: text('body').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orderRef, t.line, t.sku] })],
)

export const cancelledOrder = sqliteTable('cancelled_order', { orderRef: text('order_ref').primaryKey() })

export const supply = sqliteTable(
  'supply',
  {
    ref: text('ref').notNull(),
    sku: text('sku').notNull(),
    node: text('node').notNull(),
    body: text('body').notNull(),
  },
  (t) => [primaryKey({ columns: [t.ref, t.sku, t.node] })],
)

export const masterRecord = sqliteTable(
  'master_record',
  { kind: text('kind').notNull(), subject: text('subject').notNull(), body: text('body').notNull() },
  (t) => [primaryKey({ columns: [t.kind, t.subject] })],
)

/** What a system sent, byte for byte, before anyone understood it. */
export const inbound = sqliteTable('inbound', {
  receipt: integer('receipt').primaryKey(),
  streamSequence: integer('stream_sequence').notNull(),
  source: text('source').notNull(),
  contentType: text('content_type'),
  headers: text('headers').notNull(),
  body: blob('body').notNull(),
  receivedAt: integer('received_at').notNull(),
  correlationId: text('correlation_id').notNull(),
})

/** What a source signs with. Not master data: facts travel, and are kept. */
export const sourceSecret = sqliteTable('source_secret', {
  source: text('source').primaryKey(),
  secret: text('secret').notNull(),
})

/** Dead letters. */
export const exception = sqliteTable(
  'exception',
  {
    id: text('id').primaryKey(),
    at: integer('at').notNull(),
    stage: text('stage').notNull(),
    source: text('source').notNull(),
    class: text('class').notNull(),
    code: text('code').notNull(),
    detail: text('detail').notNull(),
    attempts: integer('attempts').notNull(),
    status: text('status').notNull(),
    correlationId: text('correlation_id').notNull(),
    contentType: text('content_type'),
    headers: text('headers').notNull(),
    body: blob('body').notNull(),
    /** JSON: the codes that have to be mapped before a replay makes sense. */
    unknown: text('unknown').notNull(),
    /** 0 until the centre's stream has it in this state. */
    published: integer('published').notNull(),
  },
  (t) => [index('exception_status').on(t.status, t.at), index('exception_published').on(t.published)],
)

/** Every version of every policy, with the fact that activated it. */
export const policyVersion = sqliteTable(
  'policy_version',
  {
    kind: text('kind').notNull(),
    scope: text('scope').notNull(),
    version: integer('version').notNull(),
    at: integer('at').notNull(),
    source: text('source').notNull(),
    id: text('id').notNull(),
    correlationId: text('correlation_id'),
    body: text('body').notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.scope, t.version, t.source, t.id] })],
)

/** Corrections as the facts about them tell. */
export const correction = sqliteTable(
  'correction',
  {
    id: text('id').primaryKey(),
    sku: text('sku').notNull(),
    node: text('node').notNull(),
    lot: text('lot'),
    state: text('state').notNull(),
    delta: integer('delta').notNull(),
    reason: text('reason').notNull(),
    author: text('author').notNull(),
    status: text('status').notNull(),
    proposedAt: integer('proposed_at').notNull(),
    limitUnits: integer('limit_units').notNull(),
    limitScope: text('limit_scope'),
    decidedAt: integer('decided_at'),
    decidedBy: text('decided_by'),
    decisionReason: text('decision_reason'),
    correlationId: text('correlation_id').notNull(),
    requestKey: text('request_key').unique(),
    requestDigest: text('request_digest'),
  },
  (t) => [index('correction_status').on(t.status, t.id)],
)
