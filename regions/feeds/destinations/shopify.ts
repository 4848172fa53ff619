import { createHash } from 'node:crypto'
import * as z from 'zod'
import { jsonOrUndefined } from '../../../shared/kernel/json-or-undefined.ts'
import { callChannel, refusalOfAll } from '../call-channel.ts'
import {
  type Delivered,
  DeliveryFault,
  type Destination,
  type Outgoing,
  type RefusedFigure,
  unnamed,
  wholeUnits,
} from '../destination.ts'
import { ToldLevels } from './told-levels.ts'

/** A shop whose Admin API sets what is available of its inventory items, at one location or at each that is mapped. */
export const ShopifyConfig = z.strictObject({
  kind: z.literal('shopify'),
  /** `https://<shop>.myshopify.com` */
  url: z.url({ protocol: /^https?$/ }),
  /** With `write_inventory`. */
  accessToken: z.string().min(16),
  apiVersion: z
    .string()
    .regex(/^20\d\d-(01|04|07|10)$/)
    .default('2026-10'),
  /** The location that everything is sold from; by node, through the source's map, when absent. */
  location: z
    .string()
    .regex(/^(gid:\/\/shopify\/Location\/)?\d+$/)
    .optional(),
})
export type ShopifyConfig = z.infer<typeof ShopifyConfig>

/** What one mutation may set. */
const QUANTITIES_MAX = 250
const FIGURES_MAX = 100
const BUSY_MS = 1_000

/** The shop has something else than it was told. */
const STALE = new Set(['CHANGE_FROM_QUANTITY_STALE', 'COMPARE_QUANTITY_STALE'])
const NOT_STOCKED = 'ITEM_NOT_STOCKED_AT_LOCATION'

const MUTATION = `mutation SetAvailable($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    userErrors { code field message }
  }
}`

type Quantity = {
  readonly sku: string
  readonly inventoryItemId: string
  readonly locationId: string
  readonly quantity: number
}

/** `inventorySetQuantities`: absolute, all of a call or nothing of it. */
export function shopify({ url, accessToken, apiVersion, location }: ShopifyConfig): Destination {
  const endpoint = new URL(`/admin/api/${apiVersion}/graphql.json`, url)
  /** Where an item was said not to be stocked: that there are none of it need not be said there. */
  const unstocked = new Set<string>()
  const levels = new ToldLevels()
  return {
    kind: 'shopify',
    batchMax: FIGURES_MAX,
    // A mutation costs 10 points, of which the smallest plan gives 100 a second.
    limits: { perSecond: 5, burst: 10, concurrency: 1 },
    byNode: location === undefined,
    named: inventoryItemsOf,
    send: async (batch, key, now) => {
      const refused = batch
        .filter(({ codes }) => codes.length === 0)
        .map((it) => unnamed(it, 'inventory item'))
      const named = withinLimit(
        batch.filter(({ codes }) => codes.length > 0),
        location,
      )
      if (location === undefined && batch[0]!.places.size === 0)
        throw new DeliveryFault('the code map of its source names no location for any node')
      const due = named
        .map((it) => ({ sku: it.figure.sku, quantities: quantitiesOf(it, location) }))
        .filter((it) => !it.quantities.some((at) => levels.isLeftAlone(placeOf(at), now)))
      const quantities = due
        .flatMap((it) => it.quantities)
        .filter((it) => it.quantity > 0 || !unstocked.has(placeOf(it)))
      const taken = due.map(({ sku }) => sku)
      if (quantities.length === 0) return { taken, refused }
      const answer = await callChannel(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-shopify-access-token': accessToken },
        body: JSON.stringify({ query: MUTATION, variables: variablesOf(quantities, levels, key) }),
      })
      const onError = (quantity: Quantity, code: string): boolean => {
        if (STALE.has(code)) levels.noteChanged(placeOf(quantity), now)
        else if (code === NOT_STOCKED && quantity.quantity === 0) unstocked.add(placeOf(quantity))
        else return false
        return true
      }
      const said = refusalOfAll(answer, now) ?? readAnswer(quantities, answer.text, onError)
      if (said === 'done') for (const it of quantities) levels.noteTold(placeOf(it), it.quantity)
      else return { ...said, refused: [...refused, ...said.refused] }
      return { taken, refused }
    },
  }
}

/** Its ids by their kind, where the map has them so; else those that are nothing but digits. */
function inventoryItemsOf(codes: readonly string[]): string[] {
  const kinds = codes.map(
    (code) => /^(?:inventory_item:|gid:\/\/shopify\/InventoryItem\/)(\d+)$/.exec(code)?.[1],
  )
  const named = kinds.filter((id) => id !== undefined)
  const ids = named.length > 0 ? named : codes.filter((code) => /^\d+$/.test(code))
  return [...new Set(ids)].map((id) => `gid://shopify/InventoryItem/${id}`)
}

const locationIdOf = (code: string): string => `gid://shopify/Location/${/\d+$/.exec(code)?.[0] ?? code}`
const placeOf = ({ inventoryItemId, locationId }: Quantity): string => `${inventoryItemId} ${locationId}`

/** As many figures from the first on as one call may set. */
function withinLimit(batch: readonly Outgoing[], location: string | undefined): Outgoing[] {
  let count = 0
  return batch.filter((it, i) => (count += quantitiesOf(it, location).length) <= QUANTITIES_MAX || i === 0)
}

/** A node that is mapped and not listed has none; one that is not mapped is no place of the shop's. */
function quantitiesOf({ figure, codes, places }: Outgoing, location: string | undefined): Quantity[] {
  const atPlaces: readonly (readonly [place: string, quantity: number])[] =
    location === undefined
      ? [...places].map(([node, place]) => [
          place,
          figure.nodes?.find((it) => it.node === node)?.availableToSell ?? 0,
        ])
      : [[location, figure.availableToSell]]
  return codes.flatMap((inventoryItemId) =>
    atPlaces.map(([place, quantity]) => ({
      sku: figure.sku,
      inventoryItemId,
      locationId: locationIdOf(place),
      quantity: wholeUnits(quantity, figure),
    })),
  )
}

/**
 * Set only where the shop still has what it was told: what it sold meanwhile would be given back otherwise. With
 * `changeFromQuantity: null` the figure stands whatever it has. The key is of what is set, too: under one key the shop takes one
 * thing only.
 */
function variablesOf(quantities: readonly Quantity[], levels: ToldLevels, key: string): object {
  const input = {
    name: 'available',
    reason: 'correction',
    referenceDocumentUri: `plimsoll://feeds/${key}`,
    quantities: quantities.map((it) => ({
      inventoryItemId: it.inventoryItemId,
      locationId: it.locationId,
      quantity: it.quantity,
      changeFromQuantity: levels.expectedAt(placeOf(it)),
    })),
  }
  return { input, key: createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 32) }
}

const UserError = z.object({
  code: z.string().nullish(),
  field: z.array(z.string()).nullish(),
  message: z.string(),
})
type UserError = z.infer<typeof UserError>
/** True where it is no refusal of the figure. */
type OnError = (quantity: Quantity, code: string) => boolean
const Answer = z.object({
  data: z
    .object({ inventorySetQuantities: z.object({ userErrors: z.array(UserError) }).nullish() })
    .nullish(),
  errors: z
    .union([
      z.string(),
      z.array(
        z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() }),
      ),
    ])
    .optional(),
  extensions: z
    .object({
      cost: z
        .object({
          requestedQueryCost: z.number(),
          throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: z.number().positive() }),
        })
        .optional(),
    })
    .optional(),
})
type Answer = z.infer<typeof Answer>

/** The shop answers 200 whatever becomes of it: too much at once, or what it will not have, stands in the body. */
function readAnswer(quantities: readonly Quantity[], text: string, onError: OnError): Delivered | 'done' {
  const parsed = Answer.safeParse(jsonOrUndefined(text))
  if (!parsed.success) throw new DeliveryFault('an answer that is no GraphQL answer')
  const { data, errors } = parsed.data
  if (errors !== undefined && errors.length > 0) return readErrors(parsed.data)
  const userErrors = data?.inventorySetQuantities?.userErrors
  if (userErrors === undefined) throw new DeliveryFault('an answer without inventorySetQuantities')
  if (userErrors.length === 0) return 'done'
  return readUserErrors(quantities, userErrors, onError)
}

function readErrors({ errors = [], extensions }: Answer): Delivered {
  if (typeof errors === 'string') throw new DeliveryFault(errors)
  const detail = errors.map(({ message }) => message).join('; ')
  if (errors.some((it) => it.extensions?.code === 'THROTTLED')) {
    const { requestedQueryCost = 0, throttleStatus } = extensions?.cost ?? {}
    const missing = requestedQueryCost - (throttleStatus?.currentlyAvailable ?? 0)
    const retryAfterMs = throttleStatus ? Math.max(0, (missing / throttleStatus.restoreRate) * 1000) : BUSY_MS
    return { taken: [], refused: [], busy: { retryAfterMs: Math.ceil(retryAfterMs), detail } }
  }
  if (errors.some((it) => it.extensions?.code === 'MAX_COST_EXCEEDED'))
    return { taken: [], refused: [], unfit: { code: 'MAX_COST_EXCEEDED', detail } }
  throw new DeliveryFault(detail)
}

/** Of a call with one error nothing was set: those named are refused, the rest goes again without them. */
function readUserErrors(
  quantities: readonly Quantity[],
  userErrors: readonly UserError[],
  onError: OnError,
): Delivered {
  const detail = userErrors.map(({ code, message }) => `${code ?? ''} ${message}`.trim()).join('; ')
  if (
    userErrors.some(({ code }) => code === 'IDEMPOTENCY_CONCURRENT_REQUEST' || code === 'SERVICE_UNAVAILABLE')
  )
    return { taken: [], refused: [], busy: { retryAfterMs: BUSY_MS, detail } }
  const refused = new Map<string, RefusedFigure>()
  let isNamed = false
  for (const { code, field, message } of userErrors) {
    const place = field?.indexOf('quantities') ?? -1
    const quantity = place < 0 ? undefined : quantities[Number(field![place + 1])]
    if (quantity === undefined) continue
    isNamed = true
    if (!onError(quantity, code ?? ''))
      refused.set(quantity.sku, {
        sku: quantity.sku,
        code: code ?? 'refused',
        detail: `${message} (${quantity.inventoryItemId}, ${quantity.locationId})`,
      })
  }
  if (!isNamed) return { taken: [], refused: [], unfit: { code: userErrors[0]!.code ?? 'refused', detail } }
  return { taken: [], refused: [...refused.values()] }
}
