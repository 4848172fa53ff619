import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from './drizzle.ts'

/**
 * The centre's database, the same on PGlite and PostgreSQL. Migrations: `npx drizzle-kit generate --config
 * hub/store/drizzle.config.ts`.
 */
const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 3 })
const sequence = (name: string) => bigint(name, { mode: 'number' })

/** How far each central stream is in the database. `created` tells a stream that was made anew. */
export const intakeCursor = pgTable('intake_cursor', {
  stream: text('stream').primaryKey(),
  created: text('created').notNull(),
  sequence: sequence('sequence').notNull(),
  /** Over all that was taken of it, to be held against what its region says. */
  digest: jsonb('digest'),
})

/** Every fact of every region, once. */
export const fact = pgTable(
  'fact',
  {
    region: text('region').notNull(),
    source: text('source').notNull(),
    id: text('id').notNull(),
    type: text('type').notNull(),
    subject: text('subject'),
    node: text('node'),
    orderRef: text('order_ref'),
    correlationId: text('correlation_id'),
    time: at('time').notNull(),
    body: jsonb('body').notNull(),
    /** With which part of its region's journal it came. Null: before parts were kept. */
    part: sequence('part'),
  },
  (t) => [
    primaryKey({ columns: [t.region, t.source, t.id] }),
    index('fact_of_sku').on(t.region, t.subject, t.time),
    index('fact_of_part').on(t.part),
  ],
)

/** A stretch of a region's FACTS, and what its rows were as they were taken: a row that is lost or altered since is found by it. */
export const factPart = pgTable('fact_part', {
  part: bigserial('part', { mode: 'number' }).primaryKey(),
  region: text('region').notNull(),
  /** Sequences of the region's stream: behind the first, up to the second. */
  from: sequence('from_sequence').notNull(),
  to: sequence('to_sequence').notNull(),
  count: integer('count').notNull(),
  /** The sum of the digests of its rows. */
  sum: text('sum').notNull(),
})

export const regionException = pgTable(
  'region_exception',
  {
    region: text('region').notNull(),
    id: text('id').notNull(),
    at: at('at').notNull(),
    stage: text('stage').notNull(),
    source: text('source').notNull(),
    class: text('class').notNull(),
    code: text('code').notNull(),
    detail: text('detail').notNull(),
    attempts: integer('attempts').notNull(),
    status: text('status').notNull(),
    correlationId: text('correlation_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.region, t.id] }), index('region_exception_status').on(t.status, t.at)],
)

/** What each region said last of itself, for a centre that starts while a region is silent. */
export const latestHeartbeat = pgTable('latest_heartbeat', {
  region: text('region').primaryKey(),
  body: jsonb('body').notNull(),
})

/** How each region was, a row a minute: for charts. Of what goes up and down within it the worst stands. */
export const regionMinute = pgTable(
  'region_minute',
  {
    region: text('region').notNull(),
    at: at('at').notNull(),
    watermarkAgeMs: sequence('watermark_age_ms').notNull(),
    factsBehind: sequence('facts_behind').notNull(),
    intakePending: sequence('intake_pending').notNull(),
    dirtySkus: sequence('dirty_skus').notNull(),
    /** Within the minute: events, and what was written at the edge for them. */
    eventsIn: sequence('events_in').notNull(),
    rowsOut: sequence('rows_out').notNull(),
    variancesOpen: sequence('variances_open').notNull(),
    varianceValue: sequence('variance_value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.region, t.at] }), index('region_minute_at').on(t.at)],
)

/** Which region a node belongs to, as its region says. */
export const nodeRegion = pgTable('node_region', {
  node: text('node').primaryKey(),
  region: text('region').notNull(),
})

/** Each half of a transfer that any region told of. */
export const transferLeg = pgTable(
  'transfer_leg',
  {
    region: text('region').notNull(),
    source: text('source').notNull(),
    id: text('id').notNull(),
    transfer: text('transfer').notNull(),
    sku: text('sku').notNull(),
    fromNode: text('from_node'),
    toNode: text('to_node').notNull(),
    isShipped: boolean('is_shipped').notNull(),
    quantity: sequence('quantity').notNull(),
    at: at('at').notNull(),
    body: jsonb('body').notNull(),
    /** Null until the region that receives has been told, or where nobody has to be. */
    forwardedAt: at('forwarded_at'),
  },
  (t) => [
    primaryKey({ columns: [t.region, t.source, t.id] }),
    index('transfer_leg_transfer').on(t.transfer, t.sku),
    index('transfer_leg_at').on(t.at),
  ],
)

/** Who holds stock for an order, as far as was told: a system that told of it, or a reservation. */
export const orderClaim = pgTable(
  'order_claim',
  {
    orderRef: text('order_ref').notNull(),
    region: text('region').notNull(),
    /** The source of the order, `reservation/<id>`, or `cancelled`. */
    via: text('via').notNull(),
    isOpen: boolean('is_open').notNull(),
    since: at('since').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orderRef, t.region, t.via] })],
)

/** The latest word of each region on an item. */
export const itemVersion = pgTable(
  'item_version',
  {
    sku: text('sku').notNull(),
    region: text('region').notNull(),
    /** Of what all regions have to agree on. */
    digest: text('digest').notNull(),
    time: at('time').notNull(),
    body: jsonb('body').notNull(),
  },
  (t) => [primaryKey({ columns: [t.sku, t.region] })],
)

/** Local tokens: their hashes, and what they allow. */
export const accessToken = pgTable('access_token', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  hash: text('hash').notNull(),
  grants: jsonb('grants').notNull(),
  createdAt: at('created_at').notNull(),
  createdBy: text('created_by').notNull(),
  expiresAt: at('expires_at'),
  revokedAt: at('revoked_at'),
  lastUsedAt: at('last_used_at'),
})

/** Browsers that signed in, by the hash of their cookie. */
export const session = pgTable(
  'session',
  {
    hash: text('hash').primaryKey(),
    previousHash: text('previous_hash'),
    previousUntil: at('previous_until'),
    rotatedAt: at('rotated_at').notNull(),
    expiresAt: at('expires_at').notNull(),
    person: jsonb('person').notNull(),
    /** What it was opened with: a token, the centre's key, or neither. */
    tokenId: text('token_id'),
    keyPrint: text('key_print'),
  },
  (t) => [index('session_previous').on(t.previousHash)],
)

/** Who did what. A trigger refuses to change or remove an entry; `at` and `detail` are texts, as they are hashed. */
export const auditEntry = pgTable(
  'audit_entry',
  {
    sequence: sequence('sequence').primaryKey(),
    at: text('at').notNull(),
    actor: text('actor').notNull(),
    via: text('via').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    correlationId: text('correlation_id').notNull(),
    detail: text('detail').notNull(),
    previous: text('previous').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [index('audit_entry_actor').on(t.actor, t.sequence)],
)
