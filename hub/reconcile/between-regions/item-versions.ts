import type { Fact } from '../../../shared/contract/events.ts'
import { canonicalJson } from '../../../shared/kernel/canonical-json.ts'
import { digestText } from '../../../shared/kernel/hash64.ts'
import type { Database } from '../../store/database.ts'
import { sql } from '../../store/drizzle.ts'
import { itemVersion } from '../../store/tables.ts'
import { type Found, settle } from '../standing.ts'

type ItemVersion = typeof itemVersion.$inferSelect

/** An ERP tells one region after the other. */
export const ITEMS_TOLD_WITHIN_MS = 60_000
const ROWS_MAX = 1_000

/** What every region has to mean by a sku; the name, the value and the tier are each region's own. */
const AGREED = ['baseUom', 'decimals', 'uoms', 'gtin', 'kit'] as const
type Agreed = Partial<Record<(typeof AGREED)[number], unknown>>

const agreedOf = (body: unknown): Agreed =>
  Object.fromEntries(AGREED.map((field) => [field, (body as Agreed)[field]]))

const digestOf = (body: unknown): string => digestText(canonicalJson(agreedOf(body)))

/** Keeps each region's latest word on its items, and holds the words of all regions against each other. */
export async function takeItems(
  db: Database,
  region: string,
  facts: readonly Fact[],
  now: string,
): Promise<void> {
  const latest = new Map<string, ItemVersion>()
  for (const it of facts) {
    if (it.type !== 'plimsoll.item.upserted') continue
    const known = latest.get(it.subject)
    if (known && Date.parse(known.time) > Date.parse(it.time)) continue
    const { subject: sku, time, data: body } = it
    latest.set(sku, { sku, region, digest: digestOf(body), time, body })
  }
  const rows = [...latest.values()]
  for (let at = 0; at < rows.length; at += ROWS_MAX) {
    const page = rows.slice(at, at + ROWS_MAX)
    await db.execute(sql`insert into ${itemVersion} (sku, region, digest, time, body)
      select sku, region, digest, time, body
      from jsonb_to_recordset(${JSON.stringify(page)}::jsonb)
        as row(sku text, region text, digest text, time timestamptz, body jsonb)
      on conflict (sku, region) do update set digest = excluded.digest, time = excluded.time, body = excluded.body
      where excluded.time >= ${itemVersion.time}`)
    await judgeItems(
      db,
      page.map(({ sku }) => sku),
      now,
    )
  }
}

async function judgeItems(db: Database, skus: readonly string[], now: string): Promise<void> {
  // One parameter, however many skus.
  const isOfThese = sql`${itemVersion.sku} in (select jsonb_array_elements_text(${JSON.stringify(skus)}::jsonb))`
  const differing = await db
    .select()
    .from(itemVersion)
    .where(
      sql`${itemVersion.sku} in (select ${itemVersion.sku} from ${itemVersion} where ${isOfThese}
        group by ${itemVersion.sku} having count(distinct ${itemVersion.digest}) > 1)`,
    )
  const found = [...Map.groupBy(differing, ({ sku }) => sku).values()].map(findItem)
  await settle(
    db,
    { kind: 'master', keys: skus.map(keyOf) },
    found,
    () => ({ state: 'converged', detail: 'all regions mean the same by it' }),
    now,
  )
}

const keyOf = (sku: string): string => `master/${sku}`

/** One sku of which regions have different words: wrong is the one that was not told last. Pure. */
export function findItem(versions: readonly ItemVersion[]): Found {
  const byTime = versions.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time))
  const { sku, digest } = byTime[byTime.length - 1]!
  const { region } = byTime.find((it) => it.digest !== digest)!
  const fields = AGREED.filter(
    (field) => new Set(versions.map(({ body }) => JSON.stringify(agreedOf(body)[field]))).size > 1,
  )
  const isUnit = fields.some((field) => field === 'baseUom' || field === 'decimals' || field === 'uoms')
  return {
    key: keyOf(sku),
    region,
    kind: 'master',
    class: isUnit ? 'unit' : 'mapping',
    settlesAfterMs: ITEMS_TOLD_WITHIN_MS,
    subject: fields.join(', '),
    sku,
    evidence: {
      regions: byTime.map((it) => ({ region: it.region, time: it.time, ...agreedOf(it.body) })),
    },
    said: `regions have other words on its ${fields.join(', ')}`,
  }
}
