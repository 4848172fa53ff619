import * as z from 'zod'
import { TrytonDecimal } from '../../connectors/tryton/values.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { ErpRefusal } from '../../orders/erp.ts'
import type { Records } from './records.ts'

/** Our codes in the ERP's words: the reverse of a source's mapping. A code that is not mapped is the same in both. */
export type ForeignCodes = {
  readonly sku: (sku: string) => string
  readonly node: (node: string) => string
  /** And back: what the ERP calls an item, as we call it. */
  readonly ourSku: (code: string) => string
  /** How many decimals our quantities of an item have. */
  readonly decimals: (sku: string) => number
}

const Product = z.object({
  id: z.number().int(),
  code: z.string(),
  list_price: TrytonDecimal.nullable(),
  'default_uom.': z.object({ id: z.number().int(), digits: z.number().int().min(0).max(12) }),
})
export type Product = z.infer<typeof Product>

const Warehouse = z.object({ id: z.number().int() })
const Party = z.object({ id: z.number().int(), addresses: z.array(z.number().int()) })
export type Party = z.infer<typeof Party>

/** Who and what an order names, as the ERP knows them. */
export class Directory {
  readonly #records: Records
  readonly codes: ForeignCodes
  readonly #customers: Readonly<Record<string, string>>

  constructor(records: Records, codes: ForeignCodes, customers: Readonly<Record<string, string>>) {
    this.#records = records
    this.codes = codes
    this.#customers = customers
  }

  async warehouse(node: string): Promise<Result<number, ErpRefusal>> {
    const code = this.codes.node(node)
    const domain = [
      ['type', '=', 'warehouse'],
      ['code', '=', code],
    ]
    const found = await this.#records.search('stock.location', domain, Warehouse, {
      fields: ['id'],
      limit: 2,
    })
    if (!found.ok) return found
    const [one, another] = found.value
    if (one && !another) return ok(one.id)
    return err({
      code: 'unknown-node',
      detail: `the ERP has ${one ? 'several warehouses' : 'no warehouse'} ${code}`,
    })
  }

  /** Each sku's product. Two products of one code are as bad as none: the wrong one would be shipped. */
  async products(skus: readonly string[]): Promise<Result<ReadonlyMap<string, Product>, ErpRefusal>> {
    const codes = [...new Set(skus.map((sku) => this.codes.sku(sku)))]
    const fields = ['code', 'list_price', 'default_uom.digits']
    const found = await this.#records.search('product.product', [['code', 'in', codes]], Product, {
      fields,
      limit: codes.length * 2,
    })
    if (!found.ok) return found
    const bySku = new Map<string, Product>()
    for (const sku of skus) {
      const [one, another] = found.value.filter(({ code }) => code === this.codes.sku(sku))
      if (!one || another) {
        const many = one ? 'several products' : 'no product'
        return err({ code: 'unknown-sku', detail: `the ERP has ${many} ${this.codes.sku(sku)}` })
      }
      bySku.set(sku, one)
    }
    return ok(bySku)
  }

  async customer(channel: string): Promise<Result<Party, ErpRefusal>> {
    const code = own(this.#customers, channel) ?? own(this.#customers, '*')
    if (code === undefined)
      return err({ code: 'unknown-customer', detail: `no customer is configured for the channel ${channel}` })
    const found = await this.#records.search('party.party', [['code', '=', code]], Party, {
      fields: ['addresses'],
      limit: 1,
    })
    if (!found.ok) return found
    const [party] = found.value
    if (party === undefined) return err({ code: 'unknown-customer', detail: `the ERP has no party ${code}` })
    return party.addresses.length > 0
      ? ok(party)
      : err({ code: 'unknown-customer', detail: `the party ${code} has no address to ship to` })
  }
}

const own = (map: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined
