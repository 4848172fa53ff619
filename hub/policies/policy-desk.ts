import { eq } from '../store/drizzle.ts'
import type { Role } from '../../shared/contract/access-api.ts'
import type {
  GovernedPolicy,
  ProposePolicy,
  RollBackPolicy,
} from '../../shared/contract/governed-policy-api.ts'
import type { FieldError } from '../../shared/contract/problem.ts'
import { tidyScope } from '../../shared/domain/policy-scope.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import { bundleFits } from '../../shared/node/centre-word.ts'
import { newId } from '../../shared/node/new-id.ts'
import { may, type Person } from '../access/role.ts'
import type { Database } from '../store/database.ts'
import { governedPolicy } from '../store/policy-tables.ts'
import type { PolicyBook, PolicyName, PolicyRow } from './policy-book.ts'
import { checkPolicy } from './policy-check.ts'

export type PolicyRefusal =
  | { readonly code: 'invalid'; readonly errors: FieldError[] }
  | { readonly code: 'forbidden'; readonly detail: string }
  | { readonly code: 'same-person'; readonly detail: string }
  | { readonly code: 'not-found' }
  | { readonly code: 'wrong-state'; readonly detail: string }
  /** Somebody activated another version since it was looked at. */
  | { readonly code: 'version-conflict'; readonly inForce: number }

type Parts = {
  readonly book: PolicyBook
  readonly regions: readonly string[]
  readonly clock: Clock
  /** Something else is in force from now on. */
  readonly onActivated: () => void
}

/**
 * How a policy of the centre comes into force: proposed by one, agreed to by another where its kind needs that, and replaced by
 * the next. Nothing that was said is ever changed.
 *
 *   propose ──► proposed ──activate──► active ──the next one──► replaced
 *                   └─────reject─────► rejected
 */
export class PolicyDesk {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async propose(asked: ProposePolicy, person: Person): Promise<Result<GovernedPolicy, PolicyRefusal>> {
    const { book } = this.#parts
    const name = nameOf(asked)
    const refusal = this.#unknownRegion(name) ?? lacks(person, 'operator', name)
    if (refusal) return err(refusal)
    const checked = checkPolicy(asked, { author: person.id, reason: asked.reason })
    if (!checked.ok) return err({ code: 'invalid', errors: checked.error })
    return book.changing(async (tx) => {
      const inForce = (await book.active(name, tx))?.version ?? 0
      if (asked.basedOn !== undefined && asked.basedOn !== inForce)
        return err({ code: 'version-conflict', inForce })
      const { body, reason, localChanges } = asked
      const row = await this.#insert(tx, name, person, { body, reason, localChanges, basedOn: inForce })
      return ok(book.view(row))
    })
  }

  /** Where its kind needs a second person, an approver who is not its author; else whoever may propose it. */
  async activate(
    id: string,
    person: Person,
    reason: string | undefined,
  ): Promise<Result<GovernedPolicy, PolicyRefusal>> {
    const { book } = this.#parts
    const activated = await book.changing(async (tx) => {
      const found = await this.#proposed(id, tx)
      if (!found.ok) return found
      const row = found.value
      const needsSecond = book.needsSecondPerson(row.kind)
      const refusal = lacks(person, needsSecond ? 'approver' : 'operator', row)
      if (refusal) return err(refusal)
      if (needsSecond && row.author === person.id)
        return err({
          code: 'same-person' as const,
          detail: `a ${row.kind} policy needs somebody else to agree`,
        })
      const inForce = (await book.active(row, tx))?.version ?? 0
      if (inForce !== row.basedOn) return err({ code: 'version-conflict' as const, inForce })
      // What was right when it was proposed is looked at once more, by today's rules.
      const checked = checkPolicy(
        { ...book.view(row), body: row.body as Record<string, unknown> },
        { author: row.author, reason: row.reason },
      )
      if (!checked.ok) return err({ code: 'invalid' as const, errors: checked.error })
      return this.#putInForce(tx, row, person, reason ?? null)
    })
    if (activated.ok) this.#parts.onActivated()
    return activated
  }

  /** An approver; or its author, who takes it back. */
  async reject(id: string, person: Person, reason: string): Promise<Result<GovernedPolicy, PolicyRefusal>> {
    const { book } = this.#parts
    return book.changing(async (tx) => {
      const found = await this.#proposed(id, tx)
      if (!found.ok) return found
      const refusal = found.value.author === person.id ? null : lacks(person, 'approver', found.value)
      if (refusal) return err(refusal)
      return ok(book.view(await this.#decide(tx, found.value, 'rejected', person, reason)))
    })
  }

  /**
   * Brings back what was in force before, as the next version, at once. It was agreed to once, and whoever rolls back is in a
   * hurry: one approver is enough.
   */
  async rollBack(asked: RollBackPolicy, person: Person): Promise<Result<GovernedPolicy, PolicyRefusal>> {
    const { book } = this.#parts
    const name = nameOf(asked)
    const refusal = this.#unknownRegion(name) ?? lacks(person, 'approver', name)
    if (refusal) return err(refusal)
    const done = await book.changing(async (tx) => {
      const [target, active] = [await book.version(name, asked.toVersion, tx), await book.active(name, tx)]
      if (!target || !active) return err({ code: 'not-found' as const })
      if (target.state !== 'replaced')
        return err({
          code: 'wrong-state' as const,
          detail: `version ${asked.toVersion} is ${target.state}; back is only to one that was in force`,
        })
      const row = await this.#insert(tx, name, person, {
        body: target.body as Record<string, unknown>,
        reason: asked.reason,
        localChanges: target.localChanges,
        basedOn: active.version,
        rollbackOf: target.version,
      })
      return this.#putInForce(tx, row, person, asked.reason)
    })
    if (done.ok) this.#parts.onActivated()
    return done
  }

  async #proposed(id: string, tx: Database): Promise<Result<PolicyRow, PolicyRefusal>> {
    const row = await this.#parts.book.find(id, tx)
    if (!row) return err({ code: 'not-found' })
    return row.state === 'proposed' ? ok(row) : err({ code: 'wrong-state', detail: `it is ${row.state}` })
  }

  async #putInForce(
    tx: Database,
    row: PolicyRow,
    person: Person,
    reason: string | null,
  ): Promise<Result<GovernedPolicy, PolicyRefusal>> {
    const { book, regions } = this.#parts
    const before = await book.active(row, tx)
    if (before)
      await tx.update(governedPolicy).set({ state: 'replaced' }).where(eq(governedPolicy.id, before.id))
    const revision = await book.nextRevision(tx)
    const active = await this.#decide(tx, row, 'active', person, reason, revision)
    for (const region of row.region === '*' ? regions : [row.region])
      if (!bundleFits(await book.bundle(region, tx))) throw new TooManyPolicies(region)
    return ok(book.view(active))
  }

  async #decide(
    tx: Database,
    row: PolicyRow,
    state: 'active' | 'rejected',
    person: Person,
    decisionReason: string | null,
    revision: number | null = null,
  ): Promise<PolicyRow> {
    const [decided] = await tx
      .update(governedPolicy)
      .set({
        state,
        approver: person.id,
        approverName: person.name,
        decidedAt: formatInstant(this.#parts.clock.now()),
        decisionReason,
        revision,
      })
      .where(eq(governedPolicy.id, row.id))
      .returning()
    return decided!
  }

  async #insert(
    tx: Database,
    name: PolicyName,
    person: Person,
    content: Pick<PolicyRow, 'reason' | 'localChanges' | 'basedOn'> & {
      body: Readonly<Record<string, unknown>>
      rollbackOf?: number
    },
  ): Promise<PolicyRow> {
    const [row] = await tx
      .insert(governedPolicy)
      .values({
        id: newId(),
        ...name,
        version: await this.#parts.book.nextVersion(name, tx),
        state: 'proposed',
        author: person.id,
        authorName: person.name,
        proposedAt: formatInstant(this.#parts.clock.now()),
        ...content,
      })
      .returning()
    return row!
  }

  #unknownRegion({ region }: PolicyName): PolicyRefusal | null {
    if (region === '*' || this.#parts.regions.includes(region)) return null
    return { code: 'invalid', errors: [{ path: 'region', message: `there is no region ${region}` }] }
  }
}

/** The region's word would not pass the link; the transaction that found it out is undone. */
export class TooManyPolicies extends Error {
  override readonly name = 'TooManyPolicies'

  constructor(region: string) {
    super(`all policies of ${region} together are more than can be told to it`)
  }
}

const nameOf = ({ region, kind, scope }: PolicyName): PolicyName => ({
  region,
  kind,
  scope: tidyScope(scope),
})

/** What is said of all regions needs the role in all of them. */
function lacks(person: Person, role: Role, { region }: PolicyName): PolicyRefusal | null {
  if (may(person, role, region === '*' ? null : region)) return null
  const where = region === '*' ? 'in all regions' : `in the region ${region}`
  return { code: 'forbidden', detail: `this needs the role ${role} ${where}` }
}
