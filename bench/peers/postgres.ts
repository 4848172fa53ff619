import pg from 'pg'
import { grouped, type Hold } from './hold.ts'

/** As many as the load has connections, but PostgreSQL's processes share the machine's cores. */
const CONNECTIONS = 16

const connect = (url: string, max: number): pg.Pool => new pg.Pool({ connectionString: url, max })

export async function fillPostgres(url: string, skus: readonly string[], quantity: number): Promise<void> {
  const pool = connect(url, 1)
  await pool.query(`
    CREATE TABLE stock (sku text PRIMARY KEY, available bigint NOT NULL CHECK (available >= 0)) WITH (fillfactor = 50);
    CREATE TABLE reservation (id uuid PRIMARY KEY, sku text NOT NULL, quantity bigint NOT NULL, expires_at timestamptz NOT NULL)`)
  await pool.query('INSERT INTO stock SELECT sku, $2 FROM unnest($1::text[]) AS sku', [skus, quantity])
  await pool.end()
}

/** A conditional UPDATE and the reservation in one statement, a commit each. */
export function postgresEach(url: string): Hold {
  const pool = connect(url, CONNECTIONS)
  const text = `
    WITH taken AS (UPDATE stock SET available = available - $3 WHERE sku = $2 AND available >= $3 RETURNING sku)
    INSERT INTO reservation SELECT $1, sku, $3, now() + interval '15 minutes' FROM taken`
  return async (id, sku, quantity) =>
    (await pool.query({ name: 'hold', text, values: [id, sku, quantity] })).rowCount === 1
}

/**
 * All that wait in one statement, a commit a batch: rows are locked in order, requests of one sku are granted while their
 * running sum lasts.
 */
export function postgresGrouped(url: string): Hold {
  const pool = connect(url, 1)
  const text = `
    WITH asked AS (
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[]) WITH ORDINALITY AS asked(id, sku, quantity, place)
    ), locked AS (
      SELECT sku, available FROM stock WHERE sku = ANY($2::text[]) ORDER BY sku FOR UPDATE
    ), granted AS (
      SELECT * FROM (
        SELECT id, sku, quantity, available, sum(quantity) OVER (PARTITION BY sku ORDER BY place) AS running
        FROM asked JOIN locked USING (sku)
      ) AS summed WHERE running <= available
    ), taken AS (
      UPDATE stock SET available = stock.available - total
      FROM (SELECT sku, sum(quantity) AS total FROM granted GROUP BY sku) AS sums WHERE sums.sku = stock.sku
    )
    INSERT INTO reservation SELECT id, sku, quantity, now() + interval '15 minutes' FROM granted RETURNING id`
  return grouped(async (waiting) => {
    const values = [
      waiting.map(({ id }) => id),
      waiting.map(({ sku }) => sku),
      waiting.map(({ quantity }) => quantity),
    ]
    const { rows } = await pool.query<{ id: string }>({ name: 'hold', text, values })
    const held = new Set(rows.map(({ id }) => id))
    return waiting.map(({ id }) => held.has(id))
  })
}
