import type * as z from 'zod'
import type { CanonicalEvent } from '../../../shared/contract/events.ts'
import { parseBoundedJson } from '../../../shared/kernel/bounded-json.ts'
import { err, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Codes, Connector, Message, Refusal, Translation } from '../connector.ts'
import { decodeText } from '../decode-text.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { emptyDraft, finish, refusedWhole, take } from '../translation.ts'
import { itemEvents, ProductRow } from './item-events.ts'
import { MoveRow, moveEvents } from './move-events.ts'
import { Page, type Reading, Related } from './page.ts'
import { SaleRow, saleEvents } from './sale-events.ts'

/**
 * Pages of Tryton's own rows, as the region's poller reads them over JSON-RPC: it has no webhooks. Of the source's profile it
 * reads channel, which sales made in the ERP itself belong to (`erp` without one).
 */
export const trytonConnector: Connector = { name: 'tryton', recognises, translate }

const LOOKS_LIKE = /^\s*\{\s*"tryton"\s*:/
function recognises(message: Message): boolean {
  return LOOKS_LIKE.test(decodeText(message.body).text.slice(0, 256))
}

type Events = Result<CanonicalEvent[], Refusal>

const READERS: Readonly<Record<string, (row: unknown, reading: Reading) => Events>> = {
  'stock.move': reader(MoveRow, moveEvents),
  'product.product': reader(ProductRow, itemEvents),
  'sale.sale': reader(SaleRow, saleEvents),
}

function translate(message: Message, codes: Codes): Translation {
  const json = parseBoundedJson(decodeText(message.body).text)
  if (!json.ok) return refusedWhole(malformed(json.error.code, json.error.detail))
  const page = Page.safeParse(json.value)
  if (!page.success) return refusedWhole(malformed('not-a-page', issuesOf(page.error)))
  const { tryton: model, rows, related } = page.data
  const draft = emptyDraft()
  if (model === 'heartbeat') {
    const { source, receivedAt: at } = message
    const event = { id: `heartbeat/${at}`, source, at, type: 'plimsoll.source.heartbeat', data: {} } as const
    take(draft, canonicalEvent(event, model))
    return finish(draft)
  }
  if (!Object.hasOwn(READERS, model))
    return refusedWhole(outOfPolicy('unsupported-model', `nothing is read of Tryton's ${model} here`))
  const reading: Reading = { page: page.data, message, codes, related: new Related(related) }
  for (const row of rows) take(draft, READERS[model]!(row, reading))
  return finish(draft)
}

/** A row that is not what its version promises is refused by itself; the others of its page count. */
function reader<T extends { readonly id: number }>(
  schema: z.ZodType<T>,
  read: (row: T, reading: Reading) => Events,
) {
  return (row: unknown, reading: Reading): Events => {
    const parsed = schema.safeParse(row)
    if (parsed.success) return read(parsed.data, reading)
    const { id } = (row ?? {}) as { readonly id?: unknown }
    const where = `${reading.page.tryton} ${typeof id === 'number' ? id : '(no id)'}`
    return err(malformed('unreadable-row', `${where}: ${issuesOf(parsed.error)}`))
  }
}

const issuesOf = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'page'} ${message}`)
    .join('; ')
