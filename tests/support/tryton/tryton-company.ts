import { dateOf } from '../../../regions/connectors/tryton/values.ts'
import { answeringWarnings } from '../../../regions/erp/tryton/answer-warnings.ts'
import type { TrytonClient } from '../../../regions/erp/tryton/client.ts'

type Values = Readonly<Record<string, unknown>>

const decimal = (text: string) => ({ __class__: 'Decimal', decimal: text })

/** A company that trades through a Tryton, set up and worked by RPC alone: what its people would do at their screens. */
export class TrytonCompany {
  readonly client: TrytonClient
  readonly company: number
  readonly currency: number
  readonly customer: number
  readonly supplier: number
  readonly #products = new Map<string, number>()

  static async found(client: TrytonClient, makeClient: () => TrytonClient): Promise<TrytonCompany> {
    const create = (model: string, values: Values) => callTo(client, `model.${model}.create`, [[values]])
    const [currency] = (await create('currency.currency', {
      name: 'Euro',
      code: 'EUR',
      symbol: '€',
      rounding: decimal('0.01'),
      digits: 2,
    })) as [number]
    const [owner] = (await create('party.party', { name: 'Plimsoll' })) as [number]
    const [company] = (await create('company.company', { party: owner, currency })) as [number]
    await callTo(client, 'model.res.user.write', [[1], { companies: [['add', [company]]], company }])
    // The company is in the user's preferences from the next session on.
    const settled = makeClient()
    await callTo(settled, 'model.sale.configuration.write', [[1], { sale_invoice_method: 'manual' }])
    await callTo(settled, 'model.purchase.configuration.write', [[1], { purchase_invoice_method: 'manual' }])
    const party = (name: string, code: string) =>
      callTo(settled, 'model.party.party.create', [
        [{ name, code, addresses: [['create', [{ street: '1 Quay' }]]] }],
      ])
    const [customer] = (await party('A customer', 'C-1')) as [number]
    const [supplier] = (await party('A supplier', 'S-1')) as [number]
    return new TrytonCompany(settled, { company, currency, customer, supplier })
  }

  private constructor(
    client: TrytonClient,
    ids: { company: number; currency: number; customer: number; supplier: number },
  ) {
    this.client = client
    this.company = ids.company
    this.currency = ids.currency
    this.customer = ids.customer
    this.supplier = ids.supplier
  }

  /** Any call, with the ERP's questions answered yes; a refusal fails the test. */
  call<T = unknown>(method: string, params: readonly unknown[], context: Values = {}): Promise<T> {
    return callTo(this.client, method, params, context) as Promise<T>
  }

  async create(model: string, values: Values): Promise<number> {
    const [id] = await this.call<[number]>(`model.${model}.create`, [[values]])
    return id
  }

  async read<T>(model: string, id: number, fields: readonly string[], context: Values = {}): Promise<T> {
    const [row] = await this.call<[T]>(`model.${model}.read`, [[id], fields], context)
    return row
  }

  press(model: string, button: string, id: number): Promise<unknown> {
    return this.call(`model.${model}.${button}`, [[id]])
  }

  async find<T>(model: string, domain: readonly unknown[], fields: readonly string[]): Promise<T[]> {
    return this.call<T[]>(`model.${model}.search_read`, [domain, 0, 100, [['id', 'ASC']], fields])
  }

  /** Goods, or a kit of them. */
  async makeProduct(
    code: string,
    kit: readonly { readonly code: string; readonly quantity: number }[] = [],
    more: Values = {},
  ): Promise<number> {
    const unit = 1
    const template = await this.create('product.template', {
      name: `The ${code}`,
      type: kit.length > 0 ? 'kit' : 'goods',
      default_uom: unit,
      salable: true,
      sale_uom: unit,
      purchasable: kit.length === 0,
      purchase_uom: unit,
      list_price: decimal('10.00'),
      cost_price_method: 'fixed',
      products: [['create', [{ suffix_code: code }]]],
      ...more,
    })
    const components = kit.map((it) => ({ product: this.product(it.code), quantity: it.quantity, unit }))
    if (components.length > 0)
      await this.call('model.product.template.write', [[template], { components: [['create', components]] }])
    const { products } = await this.read<{ products: number[] }>('product.template', template, ['products'])
    this.#products.set(code, products[0]!)
    return products[0]!
  }

  product(code: string): number {
    const id = this.#products.get(code)
    if (id === undefined) throw new Error(`no product ${code} was made`)
    return id
  }

  async location(code: string): Promise<number> {
    const [found] = await this.find<{ id: number }>('stock.location', [['code', '=', code]], ['code'])
    if (!found) throw new Error(`there is no location ${code}`)
    return found.id
  }

  /** A warehouse with its zones, named after it: `MUC-IN`, `MUC-OUT`, `MUC-STO`. */
  async makeWarehouse(code: string): Promise<number> {
    const zone = (name: string) =>
      this.create('stock.location', { name: `${code} ${name}`, code: `${code}-${name}`, type: 'storage' })
    return this.create('stock.location', {
      name: code,
      code,
      type: 'warehouse',
      input_location: await zone('IN'),
      output_location: await zone('OUT'),
      storage_location: await zone('STO'),
    })
  }

  /** Goods come in without anybody having ordered them: to the dock, then to the shelf. */
  async receive(warehouse: string, goods: Readonly<Record<string, number>>): Promise<number> {
    const { input } = await this.zones(warehouse)
    const from = await this.location('SUP')
    const shipment = await this.create('stock.shipment.in', {
      supplier: this.supplier,
      warehouse: await this.location(warehouse),
      moves: [['create', this.moves(goods, from, input)]],
    })
    await this.press('stock.shipment.in', 'receive', shipment)
    return shipment
  }

  async putAway(shipment: number): Promise<void> {
    await this.press('stock.shipment.in', 'done', shipment)
  }

  private async addresses(...fields: readonly string[]): Promise<Values> {
    const { addresses } = await this.read<{ addresses: number[] }>('party.party', this.customer, [
      'addresses',
    ])
    return Object.fromEntries(fields.map((field) => [field, addresses[0]!]))
  }

  moves(goods: Readonly<Record<string, number>>, from: number, to: number): Values[] {
    return Object.entries(goods).map(([code, quantity]) => ({
      product: this.product(code),
      uom: 1,
      quantity,
      from_location: from,
      to_location: to,
      unit_price: decimal('4.00'),
      currency: this.currency,
      company: this.company,
    }))
  }

  async zones(warehouse: string): Promise<{ input: number; output: number; storage: number }> {
    const row = await this.read<Record<string, number>>('stock.location', await this.location(warehouse), [
      'input_location',
      'output_location',
      'storage_location',
    ])
    return {
      input: row['input_location']!,
      output: row['output_location']!,
      storage: row['storage_location']!,
    }
  }

  /** What the ERP itself says lies at a place. */
  async quantity(code: string, location: number): Promise<number> {
    const context = { locations: [location] }
    const { quantity } = await this.read<{ quantity: number }>(
      'product.product',
      this.product(code),
      ['quantity'],
      context,
    )
    return quantity
  }

  /** The same, less what has to leave and with what has to come. */
  async forecast(code: string, location: number): Promise<number> {
    const { forecast_quantity } = await this.read<{ forecast_quantity: number }>(
      'product.product',
      this.product(code),
      ['forecast_quantity'],
      { locations: [location] },
    )
    return forecast_quantity
  }

  /** A sale that someone makes at his screen: confirmed, and bound. */
  async sell(warehouse: string, goods: Readonly<Record<string, number>>): Promise<number> {
    const sale = await this.create('sale.sale', {
      party: this.customer,
      ...(await this.addresses('invoice_address', 'shipment_address')),
      warehouse: await this.location(warehouse),
      lines: [
        [
          'create',
          Object.entries(goods).map(([code, quantity]) => ({
            product: this.product(code),
            unit: 1,
            quantity,
            unit_price: decimal('10.00'),
          })),
        ],
      ],
    })
    for (const button of ['quote', 'confirm', 'process']) await this.press('sale.sale', button, sale)
    return sale
  }

  /** What of a sale was not sent will not be: what Tryton asks about when its shipments were cancelled. */
  async sendNoMore(sale: number): Promise<void> {
    const wizard = 'wizard.sale.handle.shipment.exception'
    const context = { active_model: 'sale.sale', active_id: sale, active_ids: [sale] }
    const [session] = await this.call<[number]>(`${wizard}.create`, [])
    const { view } = await this.call<{ view: { defaults: { domain_moves: number[] } } }>(
      `${wizard}.execute`,
      [session, {}, 'ask'],
      context,
    )
    const answer = { ask: { domain_moves: view.defaults.domain_moves, recreate_moves: [] } }
    await this.call(`${wizard}.execute`, [session, answer, 'handle'], context)
    await this.call(`${wizard}.delete`, [session])
  }

  async work(shipment: number, buttons: readonly string[]): Promise<void> {
    for (const button of buttons) await this.press('stock.shipment.out', button, shipment)
  }

  /** A customer brings goods back: to the dock. */
  async takeBack(warehouse: string, goods: Readonly<Record<string, number>>): Promise<number> {
    const { input } = await this.zones(warehouse)
    const shipment = await this.create('stock.shipment.out.return', {
      customer: this.customer,
      ...(await this.addresses('delivery_address')),
      warehouse: await this.location(warehouse),
      incoming_moves: [['create', this.moves(goods, await this.location('CUS'), input)]],
    })
    await this.press('stock.shipment.out.return', 'receive', shipment)
    return shipment
  }

  /** Someone counted the shelves. */
  async count(warehouse: string, found: Readonly<Record<string, number>>, at = new Date()): Promise<void> {
    const { storage } = await this.zones(warehouse)
    const lines = Object.entries(found).map(([code, quantity]) => ({ product: this.product(code), quantity }))
    const inventory = await this.create('stock.inventory', {
      location: storage,
      date: dateOf(at.getTime()),
      lines: [['create', lines]],
    })
    await this.press('stock.inventory', 'confirm', inventory)
  }

  /** Set aside on the shelf for another shelf; by way of Transit where it takes days. */
  async transfer(
    from: string,
    to: string,
    goods: Readonly<Record<string, number>>,
    days: number,
  ): Promise<number> {
    const [start, end] = [(await this.zones(from)).storage, (await this.zones(to)).storage]
    // Nothing is sold within the company: such a move has no price.
    const moves = this.moves(goods, start, end).map((move) => ({
      ...move,
      unit_price: null,
      currency: null,
    }))
    const now = Date.now()
    const shipment = await this.create('stock.shipment.internal', {
      from_location: start,
      to_location: end,
      planned_start_date: dateOf(now),
      planned_date: dateOf(now + days * 86_400_000),
      moves: [['create', moves]],
    })
    await this.press('stock.shipment.internal', 'wait', shipment)
    await this.press('stock.shipment.internal', 'assign_try', shipment)
    return shipment
  }

  /** The shipments of the order with this number. */
  async shipmentsOf(number: string): Promise<number[]> {
    const [sale] = await this.find<{ shipments: number[] }>(
      'sale.sale',
      [['number', '=', number]],
      ['shipments'],
    )
    return sale?.shipments ?? []
  }
}

async function callTo(
  client: TrytonClient,
  method: string,
  params: readonly unknown[],
  context: Values = {},
): Promise<unknown> {
  const done = await answeringWarnings(client, method, params, context)
  if (!done.ok) throw new Error(`${method}: ${JSON.stringify(done.error)}`)
  return done.value.value
}
