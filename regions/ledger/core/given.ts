import type { Fact } from '../../../shared/contract/events.ts'
import { formatInstant, type Instant } from '../../../shared/kernel/clock.ts'
import { newEffects } from './effects.ts'
import { type FactStatus, Ledger } from './ledger.ts'

/** For tests: facts with as few words as the story needs. */
type FactWords = {
  readonly type: string
  readonly id?: string
  readonly source?: string
  readonly at?: Instant
  readonly sku?: string
  readonly sequence?: number
  readonly businesskey?: string
  readonly standing?: 'owner' | 'observer'
  readonly data?: Record<string, unknown>
}

/** When the hub hears what these tests tell: a moment at which no source is silent. */
export const HEARD_AT = 1_000_000_000

let ids = 0

export function fact(words: FactWords): Fact {
  const { type, id = `e${ids++}`, source = 'wms', at = 0, sku, sequence, businesskey, standing, data } = words
  return {
    specversion: '1.0',
    id,
    source,
    type: `plimsoll.${type}`,
    time: formatInstant(at),
    ...(sku === undefined ? {} : { subject: sku }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(businesskey === undefined ? {} : { businesskey }),
    ...(standing === undefined ? {} : { standing }),
    data,
  } as unknown as Fact
}

export function fold(
  facts: readonly Fact[],
  ledger = new Ledger(),
): { ledger: Ledger; statuses: FactStatus[] } {
  const statuses = facts.map((it) => ledger.apply(it, newEffects(), HEARD_AT))
  return { ledger, statuses }
}

/** Everything a position says, with names instead of numbers, in an order that does not depend on arrival. */
export function picture({ books }: Ledger): Record<string, Record<string, number>> {
  const rows: [string, Record<string, number>][] = []
  for (let slot = 0; slot < books.positions.size; slot++) {
    const { positions } = books
    const lot = positions.lotOf(slot)
    const key = [
      books.skus.textOf(positions.skuOf(slot)),
      books.nodes.textOf(positions.nodeOf(slot)),
      lot < 0 ? '' : books.lots.textOf(lot),
    ].join('/')
    rows.push([
      key,
      {
        onHand: positions.value(slot, 'onHand'),
        damaged: positions.value(slot, 'damaged'),
        quarantined: positions.value(slot, 'quarantined'),
        inTransit: positions.inTransit(slot),
        asOf: positions.asOf(slot),
      },
    ])
  }
  books.skus.texts.forEach((sku, index) => {
    for (const cell of books.demand.cellsOf(index)) {
      const node = cell.node < 0 ? '(any)' : books.nodes.textOf(cell.node)
      rows.push([
        `demand ${sku} ${cell.demandClass} ${node} ${cell.dueDay}`,
        { open: cell.open, picked: cell.picked },
      ])
    }
  })
  return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)))
}
