import type { Domain } from './records.ts'

/** What is read of the ERP again and again, by when it was written. */
export type PolledModel = {
  readonly model: string
  readonly domain: Domain
  readonly fields: readonly string[]
  /** A change of these is a change of the row: itself, and what stands behind a path. */
  readonly stampedBy: readonly { readonly model: string; readonly path: string }[]
  readonly related: readonly RelatedRead[]
}

/** Rows of another model that rows speak of by a reference, read in this order: one may name the next. */
type RelatedRead = {
  readonly model: string
  readonly fields: readonly string[]
  /** Where the ids are: references among the texts of these fields, of the rows and of what was read before. */
  readonly named: readonly { readonly in: string; readonly field: string }[]
}

const LOCATION = ['type', 'left', 'warehouse.code']
const SPANS = ['storage_location', 'output_location'].flatMap((zone) => [
  `warehouse.${zone}.left`,
  `warehouse.${zone}.right`,
])
const locationFields = (end: string): string[] => [...LOCATION, ...SPANS].map((field) => `${end}.${field}`)

const UNIT = ['default_uom.symbol', 'default_uom.digits']
const COMPONENT = ['quantity', 'unit', 'fixed', 'product.code', ...UNIT.map((field) => `product.${field}`)]

/** What the ERP has besides its core decides what it can be asked. */
export type Abilities = { readonly kits: boolean; readonly lots: boolean }

/** The way from a move to the order line that it serves, to the two ends of a transfer, and to its stocktaking. */
const MOVE_RELATED: readonly RelatedRead[] = [
  { model: 'stock.move', fields: ['origin'], named: [{ in: 'rows', field: 'origin' }] },
  {
    model: 'sale.line.component',
    fields: ['line'],
    named: [
      { in: 'rows', field: 'origin' },
      { in: 'stock.move', field: 'origin' },
    ],
  },
  {
    model: 'sale.line',
    fields: ['note', 'sale.number', 'sale.reference'],
    named: [
      { in: 'rows', field: 'origin' },
      { in: 'stock.move', field: 'origin' },
      { in: 'sale.line.component', field: 'line' },
    ],
  },
  {
    model: 'stock.shipment.internal',
    fields: ['from_location.warehouse.code', 'to_location.warehouse.code'],
    named: [{ in: 'rows', field: 'shipment' }],
  },
  {
    model: 'stock.inventory.line',
    fields: ['inventory.number'],
    named: [{ in: 'rows', field: 'origin' }],
  },
]

/** In the order in which they are read: an item before what happens to it, an order before its picks. */
export const polledModels = ({ kits, lots }: Abilities): readonly PolledModel[] => [
  {
    model: 'product.product',
    domain: [['type', 'in', ['goods', 'kit']]],
    fields: [
      'code',
      'name',
      'type',
      ...UNIT,
      'identifiers.type',
      'identifiers.code',
      'template.write_date',
      'template.create_date',
      ...(kits ? COMPONENT.flatMap((it) => [`components.${it}`, `template.components.${it}`]) : []),
    ],
    stampedBy: [
      { model: 'product.product', path: '' },
      { model: 'product.template', path: 'template.' },
    ],
    related: [],
  },
  {
    model: 'sale.sale',
    domain: [['state', 'in', ['confirmed', 'processing', 'done', 'cancelled']]],
    fields: [
      'number',
      'reference',
      'state',
      'shipment_state',
      'shipping_date',
      'warehouse.code',
      'lines.note',
      'lines.quantity',
      'lines.unit.symbol',
      'lines.product.code',
      'lines.product.type',
      'lines.moves.state',
      'lines.moves.quantity',
      ...(kits ? ['lines.components.moves.state', 'lines.components.moves.quantity'] : []),
    ],
    stampedBy: [{ model: 'sale.sale', path: '' }],
    related: [],
  },
  {
    model: 'stock.move',
    domain: [['state', '=', 'done']],
    fields: [
      'state',
      'internal_quantity',
      'shipment',
      'shipment.number',
      'origin',
      'product.code',
      'product.default_uom.symbol',
      ...(lots ? ['lot.number'] : []),
      ...locationFields('from_location'),
      ...locationFields('to_location'),
    ],
    stampedBy: [{ model: 'stock.move', path: '' }],
    related: MOVE_RELATED,
  },
]
