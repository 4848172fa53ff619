import type { RegionAvailabilityAnswer } from '../../shared/contract/availability-api.ts'
import type { Fact } from '../../shared/contract/events.ts'
import type { Region } from '../../shared/domain/ids.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import { answerOf } from '../../regions/api/availability-answer.ts'
import { type Ask, viewAt } from '../../regions/api/availability-view.ts'
import { newEffects } from '../../regions/ledger/core/effects.ts'
import { Ledger } from '../../regions/ledger/core/ledger.ts'

const DAY_MS = 86_400_000

/** A region that is told facts, and answers as its API does: for cases that others have published. */
export class ToldRegion {
  readonly #ledger = new Ledger()
  readonly #start: Instant
  #ids = 0

  constructor(start: string, nodes: readonly string[]) {
    this.#start = Date.parse(start)
    for (const node of nodes) this.tell('node.upserted', { sells: true }, node)
  }

  tell(type: string, data: object, subject?: string, at: Instant = this.#start): void {
    const fact = {
      specversion: '1.0',
      id: `t${this.#ids++}`,
      source: 'plimsoll-hub',
      type: `plimsoll.${type}`,
      time: formatInstant(at),
      ...(subject === undefined ? {} : { subject }),
      data,
    }
    this.#ledger.apply(fact as unknown as Fact, newEffects(), at)
  }

  item(sku: string): void {
    this.tell('item.upserted', { baseUom: 'EA', decimals: 0 }, sku)
  }

  receive(sku: string, node: string, quantity: number): void {
    this.tell('stock.received', { node, quantity }, sku)
  }

  order(
    orderRef: string,
    sku: string,
    quantity: number,
    more: { dueAt?: string; segment?: string } = {},
  ): void {
    const [channel] = orderRef.split(':')
    const { segment, dueAt } = more
    this.tell('order.accepted', {
      orderRef,
      channel,
      ...(segment === undefined ? {} : { segment }),
      lines: [{ line: '1', sku, quantity, ...(dueAt === undefined ? {} : { dueAt }) }],
    })
  }

  policy(kind: string, scope: string, body: object): void {
    const signed = { ...body, author: 'test', reason: 'as published' }
    this.tell('policy.activated', { kind, scope, body: signed }, `${kind}/${scope}`)
  }

  answer(sku: string, ask: { channel?: string; segment?: string } = {}, now: Instant = this.#start) {
    this.#ledger.time.pass(now, newEffects())
    const view = viewAt('eu' as Region, this.#ledger.books, this.#ledger.sequence, now)
    return answerOf(view, sku, ask as Ask)!
  }

  available = (sku: string, ask: { channel?: string; segment?: string } = {}): number =>
    this.answer(sku, ask).availableToSell
}

/** The figure of each day, first to last: an answer names only the days on which it changes. */
export function byDay(
  { availableToPromise }: RegionAvailabilityAnswer,
  from: string,
  days: number,
): number[] {
  const changes = new Map(availableToPromise.map(({ date, quantity }) => [date, quantity]))
  let quantity = 0
  return Array.from({ length: days }, (_, day) => {
    const date = new Date(Date.parse(from) + day * DAY_MS).toISOString().slice(0, 10)
    quantity = changes.get(date as never) ?? quantity
    return quantity
  })
}
