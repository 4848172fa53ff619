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

/** A shop whose REST API (v3) sets the stock of its products and variations. */
export const WooCommerceConfig = z.strictObject({
  kind: z.literal('woocommerce'),
  /** Where the shop is: `https://shop.example`. */
  url: z.url({ protocol: /^https?$/ }),
  /** Of a key with write access: `ck_…` and `cs_…`. */
  consumerKey: z.string().min(8),
  consumerSecret: z.string().min(8),
})
export type WooCommerceConfig = z.infer<typeof WooCommerceConfig>

/** What the shop takes in one batch, and gives on one page. */
const BATCH_MAX = 100
/** Their names go into an address, which may be some thousand characters long. */
const LOOKED_UP_MAX = 50

/** What is written to: a product (`parent` null) or a variation of one. */
type Listing = { readonly id: number; readonly parent: number | null }
type Wanted = { readonly it: Outgoing; readonly listing: Listing }

/**
 * `products/batch`, and `products/<id>/variations/batch` for the variations of one: what one call takes goes, the rest of a
 * batch follows. The shop knows its own skus; which product each is, it is asked once.
 */
export function wooCommerce({ url, consumerKey, consumerSecret }: WooCommerceConfig): Destination {
  const api = `${url.replace(/\/$/, '')}/wp-json/wc/v3`
  const authorization = `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}`
  const headers = { authorization, accept: 'application/json', 'content-type': 'application/json' }
  const listings = new Map<string, Listing>()

  const lookUp = async (codes: readonly string[], now: number): Promise<Delivered | null> => {
    const query = new URLSearchParams({
      sku: codes.join(','),
      per_page: String(BATCH_MAX),
      _fields: 'id,sku,parent_id,type',
    })
    const answer = await callChannel(`${api}/products?${query}`, { method: 'GET', headers })
    const refusal = refusalOfAll(answer, now)
    if (refusal) return refusal
    const found = Products.safeParse(jsonOrUndefined(answer.text))
    if (!found.success) throw new DeliveryFault('an answer that is no list of products')
    for (const { id, sku, parent_id: parent, type } of found.data)
      if (sku) listings.set(sku, { id, parent: type === 'variation' && parent ? parent : null })
    return null
  }

  const write = async (parent: number | null, group: readonly Wanted[], now: number): Promise<Delivered> => {
    const path = parent === null ? 'products/batch' : `products/${parent}/variations/batch`
    const update = group.map(({ it: { figure }, listing: { id } }) => ({
      id,
      manage_stock: true,
      stock_quantity: wholeUnits(figure.availableToSell, figure),
    }))
    const body = JSON.stringify({ update })
    const answer = await callChannel(`${api}/${path}`, { method: 'POST', headers, body })
    return refusalOfAll(answer, now) ?? readAnswer(group, answer.text)
  }

  return {
    kind: 'woocommerce',
    batchMax: BATCH_MAX,
    limits: { perSecond: 2, burst: 2, concurrency: 1 },
    byNode: false,
    named: listingsOf,
    send: async (batch, _key, now) => {
      const unknown = [...new Set(batch.flatMap(({ codes }) => codes))].filter(
        (it) => !isId(it) && !listings.has(it),
      )
      const asked = unknown.slice(0, LOOKED_UP_MAX)
      const refusal = asked.length > 0 ? await lookUp(asked, now) : null
      if (refusal) return refusal
      const { wanted, refused } = resolve(batch, listings, new Set(asked))
      const group = firstGroup(wanted)
      const done: Delivered[] = []
      for (const [parent, theirs] of Map.groupBy(group, ({ listing }) => listing.parent))
        done.push(await write(parent, theirs, now))
      const failed = done.find(({ busy, unfit }) => busy !== undefined || unfit !== undefined)
      if (failed) return { ...failed, refused }
      const refusals = [...refused, ...done.flatMap((it) => it.refused)]
      const isRefused = new Set(refusals.map(({ sku }) => sku))
      // A product that is gone, or another by now: it is looked up anew when it is told again.
      for (const { it } of group)
        if (isRefused.has(it.figure.sku)) for (const code of it.codes) listings.delete(code)
      const taken = [...new Set(done.flatMap((it) => it.taken))].filter((sku) => !isRefused.has(sku))
      return { taken, refused: refusals }
    },
  }
}

const Products = z.array(
  z.object({
    id: z.number().int(),
    sku: z.string().nullish(),
    parent_id: z.number().int().nullish(),
    type: z.string().nullish(),
  }),
)

const PRODUCT = /^product:(\d+)$/
const isId = (code: string): boolean => PRODUCT.test(code)

/** The shop's own skus, else the id of a product. The id of a variation says nothing without its product's. */
function listingsOf(codes: readonly string[]): readonly string[] {
  const skus = codes.filter((code) => !isId(code) && !code.startsWith('variation:'))
  // Both may name the same product: it is told once.
  return skus.length > 0 ? skus : codes.filter(isId)
}

/** What each is listed as; of a sku that the shop was not asked for yet nothing is said. */
function resolve(
  batch: readonly Outgoing[],
  listings: ReadonlyMap<string, Listing>,
  asked: ReadonlySet<string>,
): { wanted: Wanted[]; refused: RefusedFigure[] } {
  const wanted: Wanted[] = []
  const refused: RefusedFigure[] = []
  for (const it of batch) {
    const found = it.codes.map((code) => {
      const id = PRODUCT.exec(code)?.[1]
      return id === undefined ? listings.get(code) : { id: Number(id), parent: null }
    })
    const known = found.filter((listing) => listing !== undefined)
    const isAsked = it.codes.every((code, i) => found[i] !== undefined || asked.has(code))
    if (it.codes.length === 0) refused.push(unnamed(it, 'product'))
    else if (!isAsked) continue
    else if (known.length === 0) refused.push(unlisted(it, it.codes[0]!))
    // A map that names ids besides the shop's skus names the same product twice.
    else for (const listing of known) wanted.push({ it, listing })
  }
  return { wanted, refused }
}

const unlisted = ({ figure }: Outgoing, code: string): RefusedFigure => ({
  sku: figure.sku,
  code: 'unknown-sku',
  detail: `the shop has no product with the sku ${code}`,
})

/** Those that go now: with the first, whatever is listed nowhere else than it is. So one call, or those that one sku needs. */
function firstGroup(wanted: readonly Wanted[]): Wanted[] {
  const parents = new Set(
    wanted.filter(({ it }) => it === wanted[0]!.it).map(({ listing }) => listing.parent),
  )
  const elsewhere = new Set(wanted.filter(({ listing }) => !parents.has(listing.parent)).map(({ it }) => it))
  return wanted.filter(({ it }) => !elsewhere.has(it)).slice(0, BATCH_MAX)
}

const Answer = z.object({
  update: z.array(
    z.looseObject({
      id: z.number().int().nullish(),
      error: z.object({ code: z.string(), message: z.string() }).optional(),
    }),
  ),
})

/** One entry for each that was asked for, in the same order; what failed of it stands in its `error`. */
function readAnswer(group: readonly Wanted[], text: string): { taken: string[]; refused: RefusedFigure[] } {
  const parsed = Answer.safeParse(jsonOrUndefined(text))
  if (!parsed.success || parsed.data.update.length !== group.length)
    throw new DeliveryFault('an answer that does not say what became of each product')
  const refused = new Map<string, RefusedFigure>()
  parsed.data.update.forEach(({ error }, i) => {
    const { sku } = group[i]!.it.figure
    if (error) refused.set(sku, { sku, code: error.code, detail: error.message })
  })
  const taken = group.map(({ it }) => it.figure.sku as string).filter((sku) => !refused.has(sku))
  return { taken: [...new Set(taken)], refused: [...refused.values()] }
}
