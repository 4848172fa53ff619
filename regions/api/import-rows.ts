import * as z from 'zod'
import { type ImportKind, ROW_ERRORS_MAX, type RowFault } from '../../shared/contract/import-rows.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import type { Item, Mapping } from '../../shared/domain/master-data.ts'
import type { KnownItems, KnownRecords, MasterFault } from '../../shared/domain/master-check.ts'
import type { RegionHub } from '../region-hub.ts'
import type { GivenRow } from './read-rows.ts'

type Change = { readonly subject: string; readonly data: Record<string, unknown> }
export type JudgedRows = {
  readonly changes: Change[]
  readonly errors: Faults
  readonly warnings: Faults
  /** Rows, not faults: one may have several. */
  readonly refused: number
}

/** The first of many faults, and how many there are in all. */
class Faults {
  readonly first: RowFault[] = []
  total = 0

  add(row: number, faults: readonly Omit<RowFault, 'row'>[]): void {
    this.total += faults.length
    for (const fault of faults.slice(0, ROW_ERRORS_MAX - this.first.length))
      this.first.push({ row, ...fault })
  }

  inOrder(): RowFault[] {
    return this.first.sort((a, b) => a.row - b.row)
  }
}

type RowKind = {
  readonly plural: ImportKind
  readonly key: string
  readonly faults?: (key: string, data: never, known: KnownItems) => MasterFault[]
  readonly warnings?: (data: never, known: KnownRecords) => MasterFault[]
  readonly tidy?: (data: never) => object
}

/** So many rows are checked at a stretch; then others get their turn. */
const ROWS_CHECKED_AT_ONCE = 500

async function yieldAfter(i: number): Promise<void> {
  if (i % ROWS_CHECKED_AT_ONCE === ROWS_CHECKED_AT_ONCE - 1)
    await new Promise((resolve) => setImmediate(resolve))
}

/** Checks rows one by one, against the schema and then in each other’s company: a kit may come before its components. */
export async function judgeRows(
  hub: RegionHub,
  kind: RowKind,
  schema: z.ZodObject,
  rows: readonly GivenRow[],
  /** A line of CSV is one code of a map, and adds to it; a row of JSON is a whole map, and stands for it. */
  isCodeByLine: boolean,
): Promise<JudgedRows> {
  const { master } = hub.writer.ledger.books
  const [errors, warnings] = [new Faults(), new Faults()]
  const bad = new Set<number>()
  const good = new Map<string, { row: number; data: Record<string, unknown> }>()
  for (const [i, { row, value, fault }] of rows.entries()) {
    await yieldAfter(i)
    const parsed = fault ? null : schema.safeParse(value)
    if (!parsed?.success) {
      bad.add(row)
      errors.add(row, parsed ? fieldErrors(parsed.error) : [{ path: '', ...fault! }])
      continue
    }
    const { [kind.key]: key, ...data } = parsed.data as Record<string, unknown>
    const subject = key as string
    const twin = good.get(subject)
    if (twin && !isCodeByLine) {
      const message = `${subject} stands in row ${twin.row} too; this one counts`
      warnings.add(row, [{ path: kind.key, message, code: 'row-twice' }])
    }
    const before = twin?.data ?? master.mapping(subject)
    const whole = isCodeByLine ? joined(before as Mapping | undefined, data) : data
    good.set(subject, { row, data: (kind.tidy?.(whole as never) ?? whole) as Record<string, unknown> })
  }
  const items = kind.plural === 'items' ? inCompany(hub.items, good) : hub.items
  const known = { item: items.item, node: master.node, source: master.source }
  const changes: Change[] = []
  for (const [i, [subject, { row, data }]] of [...good].entries()) {
    await yieldAfter(i)
    const faults = kind.faults?.(subject, data as never, items) ?? []
    errors.add(row, faults)
    if (faults.length > 0) bad.add(row)
    else changes.push({ subject, data })
    warnings.add(row, kind.warnings?.(data as never, known) ?? [])
  }
  return { changes, errors, warnings, refused: bad.size }
}

/** Code maps of an import add to what stands: a file of ten new codes is no loss of ten thousand old ones. */
function joined(before: Mapping | undefined, data: Record<string, unknown>): Record<string, unknown> {
  const joint: Record<string, unknown> = { ...before }
  for (const [kind, codes] of Object.entries(data))
    joint[kind] = { ...(joint[kind] as object | undefined), ...(codes as object) }
  return joint
}

/** Items as they will be when all of these count. */
function inCompany(
  known: KnownItems,
  rows: ReadonlyMap<string, { data: Record<string, unknown> }>,
): KnownItems {
  const kitsWith = new Map<string, string[]>()
  for (const [kit, { data }] of rows)
    for (const { sku } of (data as Item).kit ?? []) {
      const kits = kitsWith.get(sku)
      if (kits) kits.push(kit)
      else kitsWith.set(sku, [kit])
    }
  return {
    countedIn: known.countedIn,
    item: (sku) => (rows.get(sku)?.data as Item | undefined) ?? known.item(sku),
    kitsWith: (sku) => [
      ...[...known.kitsWith(sku)].filter((kit) => !rows.has(kit)),
      ...(kitsWith.get(sku) ?? []),
    ],
  }
}
