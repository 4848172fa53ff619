import { alias, and, desc, eq, inArray, lt, max, notExists, or, sql } from '../store/drizzle.ts'
import { GovernedPolicy, type GovernedState } from '../../shared/contract/governed-policy-api.ts'
import { PolicyBundle, type PolicyDocument } from '../../shared/contract/policy-bundle.ts'
import type { PolicyKind } from '../../shared/domain/policy.ts'
import type { Database } from '../store/database.ts'
import { governedPolicy } from '../store/policy-tables.ts'

export type PolicyRow = typeof governedPolicy.$inferSelect
export type PolicyName = { readonly region: string; readonly kind: string; readonly scope: string }

/** One change of policies at a time, also of two processes over one PostgreSQL. */
const LOCK = 7_465_747

/** The centre's policies in the database. */
export class PolicyBook {
  readonly #db: Database
  readonly #needsSecondPerson: ReadonlySet<string>

  constructor(db: Database, secondPersonFor: readonly PolicyKind[]) {
    this.#db = db
    this.#needsSecondPerson = new Set(secondPersonFor)
  }

  needsSecondPerson = (kind: string): boolean => this.#needsSecondPerson.has(kind)

  /** All of it, or nothing; nobody else changes a policy meanwhile. */
  changing<T>(work: (tx: Database) => Promise<T>): Promise<T> {
    return this.#db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
      return work(tx)
    })
  }

  async find(id: string, db: Database = this.#db): Promise<PolicyRow | null> {
    const [row] = await db.select().from(governedPolicy).where(eq(governedPolicy.id, id))
    return row ?? null
  }

  async active(name: PolicyName, db: Database = this.#db): Promise<PolicyRow | null> {
    const [row] = await db
      .select()
      .from(governedPolicy)
      .where(and(isNamed(name), eq(governedPolicy.state, 'active')))
    return row ?? null
  }

  async version(name: PolicyName, version: number, db: Database = this.#db): Promise<PolicyRow | null> {
    const [row] = await db
      .select()
      .from(governedPolicy)
      .where(and(isNamed(name), eq(governedPolicy.version, version)))
    return row ?? null
  }

  async nextVersion(name: PolicyName, db: Database): Promise<number> {
    const [row] = await db
      .select({ last: max(governedPolicy.version) })
      .from(governedPolicy)
      .where(isNamed(name))
    return (row?.last ?? 0) + 1
  }

  async nextRevision(db: Database): Promise<number> {
    const [row] = await db.select({ last: max(governedPolicy.revision) }).from(governedPolicy)
    return Number(row?.last ?? 0) + 1
  }

  /** Latest first. */
  async history(name: PolicyName, before: number, limit: number): Promise<GovernedPolicy[]> {
    const rows = await this.#db
      .select()
      .from(governedPolicy)
      .where(and(isNamed(name), lt(governedPolicy.version, before)))
      .orderBy(desc(governedPolicy.version))
      .limit(limit)
    return rows.map(this.view)
  }

  /** By region, kind, scope and version, those behind a cursor. */
  async list(asked: {
    region?: string | undefined
    kind?: string | undefined
    states: readonly GovernedState[]
    after: readonly [region: string, kind: string, scope: string, version: number] | null
    limit: number
  }): Promise<GovernedPolicy[]> {
    const { region, kind, scope, version } = governedPolicy
    const rows = await this.#db
      .select()
      .from(governedPolicy)
      .where(
        and(
          inArray(governedPolicy.state, [...asked.states]),
          asked.region === undefined ? undefined : eq(region, asked.region),
          asked.kind === undefined ? undefined : eq(kind, asked.kind),
          asked.after === null
            ? undefined
            : sql`(${region}, ${kind}, ${scope}, ${version}) > (${asked.after[0]}, ${asked.after[1]}, ${asked.after[2]}, ${asked.after[3]}::int)`,
        ),
      )
      .orderBy(region, kind, scope, version)
      .limit(asked.limit)
    return rows.map(this.view)
  }

  /** The latest activation that a region should run; 0 when none is meant for it. */
  async wanted(region: string): Promise<number> {
    const its = alias(governedPolicy, 'its')
    const own = this.#db
      .select({ one: sql`1` })
      .from(its)
      .where(
        and(
          eq(its.state, 'active'),
          eq(its.region, region),
          eq(its.kind, governedPolicy.kind),
          eq(its.scope, governedPolicy.scope),
        ),
      )
    const [row] = await this.#db
      .select({ last: max(governedPolicy.revision) })
      .from(governedPolicy)
      .where(
        and(
          eq(governedPolicy.state, 'active'),
          or(eq(governedPolicy.region, region), and(eq(governedPolicy.region, '*'), notExists(own))),
        ),
      )
    return Number(row?.last ?? 0)
  }

  /** What is in force in a region: of what is said of it and of all, the former. */
  async bundle(region: string, db: Database = this.#db): Promise<PolicyBundle> {
    const rows = await db
      .select()
      .from(governedPolicy)
      .where(and(eq(governedPolicy.state, 'active'), inArray(governedPolicy.region, ['*', region])))
      .orderBy(governedPolicy.kind, governedPolicy.scope)
    const effective = new Map<string, PolicyRow>()
    for (const row of rows) {
      const name = `${row.kind}/${row.scope}`
      if (row.region !== '*' || !effective.has(name)) effective.set(name, row)
    }
    const policies = [...effective.values()].map(documentOf)
    const revision = Math.max(0, ...policies.map((it) => it.revision))
    return PolicyBundle.parse({ format: 1, region, revision, policies })
  }

  readonly view = (row: PolicyRow): GovernedPolicy =>
    GovernedPolicy.parse({
      ...row,
      proposedAt: utc(row.proposedAt),
      decidedAt: row.decidedAt && utc(row.decidedAt),
      needsSecondPerson: this.needsSecondPerson(row.kind),
    })
}

function documentOf(row: PolicyRow): PolicyDocument {
  const { id, kind, scope, version, revision, localChanges, author, reason, approver } = row
  const signed = { ...(row.body as object), author, reason, ...(approver === null ? {} : { approver }) }
  return {
    id,
    kind,
    scope,
    version,
    revision: revision!,
    localChanges: localChanges as PolicyDocument['localChanges'],
    body: signed,
  }
}

const isNamed = ({ region, kind, scope }: PolicyName) =>
  and(eq(governedPolicy.region, region), eq(governedPolicy.kind, kind), eq(governedPolicy.scope, scope))

const utc = (text: string): string => new Date(text).toISOString()
