import * as z from 'zod'
import { type Instant, parseInstant } from '../../../shared/kernel/clock.ts'
import { readRecord } from '../market/document.ts'
import { countLevel } from '../market/level.ts'
import type { Reading } from '../market/reading.ts'
import { outOfPolicy } from '../refusals.ts'
import { amountOf, Quantity, unitOf } from './quantity.ts'

const Figures = {
  shipNode: z.string().nullish(),
  shipNodeType: z.string().nullish(),
  modifiedDate: z.union([z.string(), z.number()]).nullish(),
  quantity: Quantity.nullish(),
  availToSellQty: Quantity.nullish(),
  inputQty: Quantity.nullish(),
  onHandQty: Quantity.nullish(),
  reservedQty: Quantity.nullish(),
  errors: z.array(z.object({ code: z.string().nullish(), description: z.string().nullish() })).nullish(),
}
const AtNode = z.object(Figures)
type AtNode = z.infer<typeof AtNode>

const Inventory = z.object({
  sku: z.string().min(1),
  ...Figures,
  nodes: z.array(AtNode).nullish(),
  shipNodes: z.array(AtNode).nullish(),
})

/** What an item's nodes have of it: in a feed of either version, or an answer of the inventory API. */
export function readInventory(record: unknown, reading: Reading): void {
  const read = readRecord(Inventory, record, 'inventory')
  if (!read.ok) return void reading.draft.refusals.push(read.error)
  const { sku, nodes, shipNodes, ...itself } = read.value
  for (const it of nodes ?? shipNodes ?? [itself]) countAt(sku, it, reading)
}

/** What Walmart may sell stands for what is there. What was sent to it, or lies there in all, only where it says nothing of that. */
const KINDS = ['quantity', 'availToSellQty', 'inputQty', 'onHandQty'] as const

function countAt(sku: string, node: AtNode, reading: Reading): void {
  const { draft, message } = reading
  const place = node.shipNode ?? node.shipNodeType
  const name = `inventory/${sku}/${place ?? ''}`
  if (node.errors && node.errors.length > 0) {
    const said = node.errors.map(({ code, description }) => `${code ?? ''} ${description ?? ''}`.trim())
    const detail = `${name}: Walmart refused it: ${said.join('; ').slice(0, 256)}`
    return void draft.refusals.push(outOfPolicy('refused-by-walmart', detail))
  }
  const stated = KINDS.find((kind) => node[kind] !== undefined && node[kind] !== null)
  if (stated === undefined) return void draft.warnings.push(`${name}: states no quantity; no effect`)
  const quantities = [...KINDS, 'reservedQty' as const].flatMap((kind) =>
    node[kind] === undefined || node[kind] === null
      ? []
      : [
          {
            kind,
            state: kind === stated ? ('onHand' as const) : ('ignore' as const),
            value: amountOf(node[kind]),
          },
        ],
  )
  countLevel(reading, {
    name,
    item: [{ code: sku }],
    place,
    quantities,
    uom: unitOf(node[stated]),
    at: momentOf(node.modifiedDate) ?? message.receivedAt,
  })
}

/** Milliseconds since 1970, or a time; null of neither. */
export function momentOf(stated: string | number | null | undefined): Instant | null {
  if (typeof stated === 'number') return Number.isSafeInteger(stated) && stated > 0 ? stated : null
  if (typeof stated !== 'string') return null
  return /^\d{13}$/.test(stated) ? Number(stated) : parseInstant(stated)
}
