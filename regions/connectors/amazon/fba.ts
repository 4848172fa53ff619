import * as z from 'zod'
import { type Instant, parseInstant } from '../../../shared/kernel/clock.ts'
import { isFields, readRecord } from '../market/document.ts'
import { countLevel } from '../market/level.ts'
import type { Reading } from '../market/reading.ts'
import { malformed } from '../refusals.ts'
import { type Notification, notifiedAt } from './notification.ts'

const Available = z.object({
  SKU: z.string().nullish(),
  FNSKU: z.string().nullish(),
  ASIN: z.string().nullish(),
  FulfillmentInventoryByMarketplace: z.array(
    z.object({
      MarketplaceId: z.string().min(1),
      FulfillmentInventory: z.record(z.string(), z.unknown()),
    }),
  ),
})

/**
 * What Amazon's warehouses have of an item, as each marketplace sees it. They see the same goods: of marketplaces at one node the
 * largest figure counts, never their sum. What is reserved, inbound or to come is nobody's to sell, unless the profile says so.
 */
export function readAvailability(notification: Notification, reading: Reading): void {
  const { codes, draft } = reading
  const read = readRecord(Available, notification.Payload, 'FBA_INVENTORY_AVAILABILITY_CHANGES')
  if (!read.ok) return void draft.refusals.push(read.error)
  const { SKU, FNSKU, ASIN, FulfillmentInventoryByMarketplace: views } = read.value
  const name = `fba/${SKU ?? FNSKU ?? ASIN}`
  const at = notifiedAt(notification, reading)
  if (at === null) return void draft.refusals.push(malformed('no-date', `${name}: says not as of when`))
  const placeOf = (marketplace: string): string =>
    codes.node(marketplace) === null && codes.defaultNode !== null ? '' : marketplace
  const byNode = Map.groupBy(
    views,
    ({ MarketplaceId }) => codes.node(MarketplaceId) ?? placeOf(MarketplaceId),
  )
  for (const seen of byNode.values()) {
    const place = placeOf(seen[0]!.MarketplaceId)
    const figures = seen.map(({ FulfillmentInventory }) => FulfillmentInventory)
    const most = (kind: string): unknown => largest(figures.map((it) => it[kind]))
    const reserved = figures.map(({ ReservedQuantityBreakdown: it }) => (isFields(it) ? it : {}))
    count(reading, `${name}/${place}`, [SKU, FNSKU, ASIN], place, at, {
      Fulfillable: most('Fulfillable'),
      Unfulfillable: most('Unfulfillable'),
      Researching: most('Researching'),
      PendingCustomerOrder: largest(reserved.map((it) => it['PendingCustomerOrder'])),
      WarehouseTransfer: largest(reserved.map((it) => it['WarehouseTransfer'])),
      WarehouseProcessing: largest(reserved.map((it) => it['WarehouseProcessing'])),
    })
  }
}

const Quantity = z.record(z.string(), z.unknown()).nullish()
const Summary = z.object({
  sellerSku: z.string().nullish(),
  fnSku: z.string().nullish(),
  asin: z.string().nullish(),
  lastUpdatedTime: z.string().nullish(),
  inventoryDetails: z
    .object({
      fulfillableQuantity: z.unknown().optional(),
      unfulfillableQuantity: Quantity,
      researchingQuantity: Quantity,
      reservedQuantity: Quantity,
    })
    .nullish(),
})

/** A row of a page of the FBA Inventory API, under the marketplace that the page is of. */
export function readSummary(record: unknown, marketplace: string | null, reading: Reading): void {
  const { draft, message, codes } = reading
  const read = readRecord(Summary, record, 'inventory summary')
  if (!read.ok) return void draft.refusals.push(read.error)
  const { sellerSku, fnSku, asin, lastUpdatedTime, inventoryDetails: details } = read.value
  const name = `fba/${sellerSku ?? fnSku ?? asin}`
  if (!details) return void draft.warnings.push(`${name}: the page was asked for without details; no effect`)
  const at = lastUpdatedTime ? parseInstant(lastUpdatedTime) : message.receivedAt
  if (at === null) return void draft.refusals.push(malformed('no-date', `${name}: says not as of when`))
  const isKnown = marketplace === null || codes.node(marketplace) !== null || codes.defaultNode === null
  const place = isKnown ? (marketplace ?? '') : ''
  count(reading, `${name}/${place}`, [sellerSku, fnSku, asin], place, at, {
    Fulfillable: details.fulfillableQuantity,
    Unfulfillable: details.unfulfillableQuantity?.['totalUnfulfillableQuantity'],
    Researching: details.researchingQuantity?.['totalResearchingQuantity'],
    PendingCustomerOrder: details.reservedQuantity?.['pendingCustomerOrderQuantity'],
    WarehouseTransfer: details.reservedQuantity?.['pendingTransshipmentQuantity'],
    WarehouseProcessing: details.reservedQuantity?.['fcProcessingQuantity'],
  })
}

const STATES = {
  Fulfillable: 'onHand',
  Unfulfillable: 'damaged',
  Researching: 'quarantined',
  PendingCustomerOrder: 'ignore',
  WarehouseTransfer: 'ignore',
  WarehouseProcessing: 'ignore',
} as const

function count(
  reading: Reading,
  name: string,
  item: readonly (string | null | undefined)[],
  place: string,
  at: Instant,
  figures: Readonly<Record<keyof typeof STATES, unknown>>,
): void {
  const quantities = Object.entries(STATES)
    .map(([kind, state]) => ({ kind, state, value: figures[kind as keyof typeof STATES] }))
    .filter(({ value }) => value !== undefined)
  countLevel(reading, { name, item: item.map((code) => ({ code })), place, quantities, at })
}

/** Of numbers the largest; anything else is handed on, to be refused by name. */
function largest(values: readonly unknown[]): unknown {
  const said = values.filter((value) => value !== undefined && value !== null)
  const odd = said.find((value) => typeof value !== 'number')
  return odd ?? (said.length === 0 ? undefined : Math.max(...(said as number[])))
}
