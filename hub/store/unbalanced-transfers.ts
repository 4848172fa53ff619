import type { SQL } from 'drizzle-orm'
import type { Transfer } from '../../shared/contract/centre-api.ts'
import type { Fact } from '../../shared/contract/events.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { type Leg, transfersOf } from '../reconcile/between-regions/judge-transfer.ts'
import type { Database } from './database.ts'
import { legsWhere, regionsOfNodes } from './read-transfers.ts'
import { sql } from './drizzle.ts'
import { transferLeg } from './tables.ts'

type Key = { readonly transfer: string; readonly sku: string }

const { transfer, sku, isShipped, quantity } = transferLeg
const UNBALANCED = sql`(${transfer}, ${sku}) in (
  select ${transfer}, ${sku} from ${transferLeg} group by ${transfer}, ${sku}
  having sum(case when ${isShipped} then ${quantity} else -${quantity} end) <> 0)`

/**
 * Transfers of which not as much has arrived as was sent, however old they are. All legs are gone through once, at the
 * first look; from then on those alone of what was told since. Whoever writes a leg, or where a node belongs, says so.
 */
export class UnbalancedTransfers {
  readonly #db: Database
  readonly #legs = new Map<string, readonly Leg[]>()
  #nodes: ReadonlyMap<string, string> | null = null
  #isKnown = false
  readonly #told = new Map<string, Key>()
  #reading: Promise<unknown> = Promise.resolve()

  constructor(db: Database) {
    this.#db = db
  }

  /** Facts that are in the database by now. */
  note(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.type === 'plimsoll.node.upserted') this.#nodes = null
      if (fact.type === 'plimsoll.transfer.shipped' || fact.type === 'plimsoll.transfer.received')
        this.noteLeg({ transfer: fact.data.transfer, sku: fact.subject })
    }
  }

  noteLeg(leg: Key): void {
    this.#told.set(keyOf(leg), { transfer: leg.transfer, sku: leg.sku })
  }

  async look(now: Instant): Promise<Transfer[]> {
    const reading = this.#reading.then(() => this.#read())
    this.#reading = reading.catch(() => {})
    await reading
    const nodes = (this.#nodes ??= await regionsOfNodes(this.#db))
    return transfersOf([...this.#legs.values()].flat(), (node) => nodes.get(node) ?? null, now)
  }

  async #read(): Promise<void> {
    const told = [...this.#told]
    if (this.#isKnown && told.length === 0) return
    const which = this.#isKnown ? under(told.map(([, key]) => key)) : UNBALANCED
    const found = Map.groupBy(await legsWhere(this.#db, which), keyOf)
    for (const [key, said] of told) {
      this.#legs.delete(key)
      // What was said again while we read is read again.
      if (this.#told.get(key) === said) this.#told.delete(key)
    }
    for (const [key, legs] of found) if (open(legs) !== 0) this.#legs.set(key, legs)
    this.#isKnown = true
  }
}

const keyOf = (leg: Key): string => `${leg.transfer}\n${leg.sku}`

const under = (keys: readonly Key[]): SQL =>
  sql`(${transfer}, ${sku}) in (select told->>'transfer', told->>'sku' from jsonb_array_elements(${JSON.stringify(keys)}::jsonb) told)`

const open = (legs: readonly Leg[]): number =>
  legs.reduce((sum, leg) => sum + (leg.isShipped ? leg.quantity : -leg.quantity), 0)
