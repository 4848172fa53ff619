import { sql } from '../store/drizzle.ts'

/** 60 bits of all that a row of `fact` says, by functions that every version of PostgreSQL has alike. */
export const rowDigest = sql`('x' || substr(md5(concat_ws('|', region, source, id, type, subject, node, order_ref,
  correlation_id, extract(epoch from time), body::text)), 1, 15))::bit(60)::bigint`
