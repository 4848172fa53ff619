import type { SQL } from 'drizzle-orm'
import { and, asc, eq, inArray, lte, sql } from '../store/drizzle.ts'
import type { VarianceClass, VarianceKind } from '../../shared/contract/variance-api.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import { canonicalJson } from '../../shared/kernel/canonical-json.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import { digestText } from '../../shared/kernel/hash64.ts'
import type { Database } from '../store/database.ts'
import { CENTRE, saveVariances, type VarianceChange, type VarianceRow } from '../store/save-variances.ts'
import { variance } from '../store/variance-tables.ts'

/** A difference between two copies as it is at this moment; what counts show is judged in judge-count.ts. */
export type Found = {
  /** What it is a difference of: one variance may be open per key. */
  readonly key: string
  readonly region: string
  readonly kind: VarianceKind
  /** Absent: as it stands, or unknown. */
  readonly class?: VarianceClass
  /** For so long what is in flight may still take it away; 0 where nothing can be. */
  readonly settlesAfterMs: number
  readonly subject: string
  readonly tier?: Tier
  readonly source?: string
  readonly sku?: string
  readonly node?: string
  /** Units, or how many there are of what it counts. Absent: as it stands, or nothing that is known. */
  readonly difference?: number
  readonly value?: number | null
  /** Added to what is known of it. */
  readonly evidence: Readonly<Record<string, unknown>>
  /** What its history says when it is opened, and when it becomes another one. */
  readonly said: string
}

/** How a difference that is not found any more has come right. */
export type CameRight = {
  readonly state: 'converged' | 'replayed' | 'corrected'
  readonly detail: string
}

type Standing = { readonly open?: VarianceRow; readonly accepted?: VarianceRow }

/**
 * What a difference makes of the variance under its key; null when there is nothing to write.
 *
 *                  nothing open        open                                 accepted
 *   found          opens it            updates it; a step when it changed   nothing, until it is another difference
 *   not found      -                   closes it                            closes it
 */
export function judgeFound(found: Found, { open, accepted }: Standing, now: string): VarianceChange | null {
  const { said, key, region, kind, subject } = found
  const difference = found.difference ?? (open ?? accepted)?.difference ?? 0
  if (!open && accepted?.difference === difference) return null
  const openedAt = Date.parse(open?.openedAt ?? now)
  const row: VarianceRow = {
    id: open?.id ?? digestText(`${key}/${now}`),
    key,
    region,
    kind,
    class: found.class ?? open?.class ?? 'unknown',
    state: 'open',
    isSettled: open?.isSettled === true || Date.parse(now) - openedAt >= found.settlesAfterMs,
    isClassDue: false,
    tier: found.tier ?? null,
    source: found.source ?? null,
    sku: found.sku ?? null,
    node: found.node ?? null,
    subject,
    difference,
    value: found.value === undefined ? (open?.value ?? null) : found.value,
    seen: 1,
    owner: open?.owner ?? null,
    openedAt: open?.openedAt ?? now,
    updatedAt: now,
    closedAt: null,
    evidence: { ...(open?.evidence as object | undefined), ...found.evidence },
    proposal: open?.proposal ?? null,
  }
  const step = stepOf(row, open)
  if (step) return { row, step: { what: step, by: CENTRE, detail: said } }
  return isSame(row, open!) ? null : { row }
}

function stepOf(row: VarianceRow, open: VarianceRow | undefined): 'in-flight' | 'opened' | 'changed' | null {
  if (!open) return row.isSettled ? 'opened' : 'in-flight'
  if (row.isSettled && !open.isSettled) return 'opened'
  return open.difference === row.difference && open.class === row.class ? null : 'changed'
}

/** The database keeps the fields of a document in an order of its own. */
const isSame = (row: VarianceRow, open: VarianceRow): boolean =>
  row.value === open.value && canonicalJson(row.evidence) === canonicalJson(open.evidence)

export const closedAs = (row: VarianceRow, { state, detail }: CameRight, now: string): VarianceChange => ({
  row: { ...row, state, updatedAt: now, closedAt: now },
  step: { what: state, by: CENTRE, detail },
})

const SETTLED_AT_ONCE_MAX = 1_000

const ARRIVED = { state: 'converged', detail: 'what was on its way has arrived' } as const

/** One parameter, however many keys: a statement takes 65,535 of them at most. */
export const under = (keys: Iterable<string>): SQL =>
  sql`${variance.key} in (select jsonb_array_elements_text(${JSON.stringify([...keys])}::jsonb))`

/** What was looked at: a kind, in a region or in all; or what these keys name. */
type Scope =
  | { readonly kind: VarianceKind; readonly region?: string }
  | { readonly kind: VarianceKind; readonly keys: readonly string[] }

/**
 * Writes what was found, and closes what stands in the scope and was not found: `cameRight` says how, and null for what
 * was not looked at after all. Answers the variances of the scope that are open then.
 */
export async function settle(
  db: Database,
  of: Scope,
  found: readonly Found[],
  cameRight: (row: VarianceRow) => CameRight | null,
  now: string,
): Promise<VarianceRow[]> {
  return db.transaction(async (tx) => {
    const rows = await tx
      .select()
      .from(variance)
      .where(
        and(
          inArray(variance.state, ['open', 'accepted']),
          eq(variance.kind, of.kind),
          'keys' in of
            ? under(of.keys)
            : of.region === undefined
              ? undefined
              : eq(variance.region, of.region),
        ),
      )
      .orderBy(asc(variance.updatedAt))
      // Nobody acts on them until this is written.
      .for('update')
    const standing = new Map<string, Standing>()
    for (const row of rows) standing.set(row.key, { ...standing.get(row.key), [row.state]: row } as Standing)
    const keys = new Set(found.map(({ key }) => key))
    const closed = rows
      .filter(({ key }) => !keys.has(key))
      .flatMap((row) => {
        const right = cameRight(row)
        return right ? [closedAs(row, row.isSettled ? right : ARRIVED, now)] : []
      })
    const changed = found.flatMap((it) => judgeFound(it, standing.get(it.key) ?? {}, now) ?? [])
    await saveVariances(tx, [...closed, ...changed])
    const written = new Map([...closed, ...changed].map(({ row }) => [row.id, row]))
    const after = new Map([...rows.map((row) => [row.id, row] as const), ...written])
    return [...after.values()].filter(({ state }) => state === 'open')
  })
}

/** What was found once, by what a message told, and is not looked for again: settled when it had its time to come right. */
export async function settleDue(
  db: Database,
  kind: VarianceKind,
  afterMs: number,
  now: Instant,
): Promise<void> {
  const due = await db
    .select()
    .from(variance)
    .where(
      and(
        eq(variance.state, 'open'),
        eq(variance.isSettled, false),
        eq(variance.kind, kind),
        lte(variance.openedAt, formatInstant(now - afterMs)),
      ),
    )
    .limit(SETTLED_AT_ONCE_MAX)
  await saveVariances(
    db,
    due.map((row) => ({
      row: { ...row, isSettled: true, updatedAt: formatInstant(now) },
      step: { what: 'opened', by: CENTRE, detail: `it still differs: ${row.subject}` },
    })),
  )
}
