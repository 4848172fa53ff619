import type { CanonicalEvent, Disposition } from '../../../shared/contract/events.ts'
import { parseInstant } from '../../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'

/**
 * An event with an errorDeclaration says that the happening it repeats did not take place. The facts it would have made
 * are made and turned round, so the original stays in the books with its opposite beside it:
 * - the id ends in `/void`, so a declaration under the original's own eventID is not taken for a repetition of it;
 * - the business key (`key`) comes from the content, so a declaration sent again under another id voids only once;
 * - the time is the original's, so a count taken in between swallows both, or neither.
 */
export function voided(
  event: CanonicalEvent,
  key: string,
  where: string,
): Result<readonly CanonicalEvent[], Refusal> {
  switch (event.type) {
    case 'plimsoll.stock.received':
    case 'plimsoll.stock.returned': {
      const { quantity, disposition = 'sellable' } = event.data
      return all([
        ...(disposition === 'sellable' ? [] : [moved(event, key, disposition, 'sellable', where)]),
        adjusted(event, key, -quantity, where),
      ])
    }
    case 'plimsoll.stock.shipped':
      return all([adjusted(event, key, event.data.quantity, where)])
    case 'plimsoll.stock.adjusted':
      return all([adjusted(event, key, -event.data.quantity, where)])
    case 'plimsoll.stock.moved':
      return all([moved(event, key, event.data.to, event.data.from, where)])
    default: {
      const what = event.type.replace(/^plimsoll\./, '')
      const detail = `${where}: ${what} is declared an error, and no fact undoes it; correct it by hand, or count again`
      return err({ class: 'unmatched', code: 'not-voidable', detail })
    }
  }
}

type Voidable = Extract<
  CanonicalEvent,
  { type: `plimsoll.stock.${'received' | 'returned' | 'shipped' | 'adjusted' | 'moved'}` }
>

function adjusted(
  event: Voidable,
  key: string,
  quantity: number,
  where: string,
): Result<CanonicalEvent, Refusal> {
  const data = { ...goodsOf(event), quantity, reason: `void of ${event.id}`.slice(0, 256) }
  return canonicalEvent({ ...baseOf(event, key, 'void'), type: 'plimsoll.stock.adjusted', data }, where)
}

function moved(
  event: Voidable,
  key: string,
  from: Disposition,
  to: Disposition,
  where: string,
): Result<CanonicalEvent, Refusal> {
  const data = { ...goodsOf(event), quantity: event.data.quantity, from, to }
  return canonicalEvent({ ...baseOf(event, key, 'void/state'), type: 'plimsoll.stock.moved', data }, where)
}

function goodsOf({ data: { sku, node, lot, uom } }: Voidable) {
  return { sku, node, lot, uom }
}

function baseOf(event: Voidable, key: string, suffix: string) {
  return {
    id: `${event.id}/${suffix}`,
    source: event.source,
    at: parseInstant(event.time)!,
    subject: event.subject,
    businesskey: `${suffix}/${key}`,
  }
}

function all(made: readonly Result<CanonicalEvent, Refusal>[]): Result<readonly CanonicalEvent[], Refusal> {
  const events: CanonicalEvent[] = []
  for (const it of made) {
    if (!it.ok) return it
    events.push(it.value)
  }
  return ok(events)
}
