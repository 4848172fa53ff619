import { type CatalogueItem, depotCodeOf } from './catalogue.ts'
import { type Sites, sitesOf } from './demo-sites.ts'

type Row = Readonly<Record<string, unknown>>

/** What a region has to know before its systems can be understood: rows as `POST /v1/<plural>:batch` takes them. */
export type MasterData = {
  readonly sources: readonly Row[]
  readonly nodes: readonly Row[]
  readonly items: readonly Row[]
  readonly mappings: readonly Row[]
  /** By `kind/scope`. */
  readonly policies: Readonly<Record<string, Row>>
}

export function masterDataOf(
  sites: Sites,
  catalogue: readonly CatalogueItem[],
  regions: readonly string[],
): MasterData {
  return {
    sources: sourcesOf(sites),
    nodes: [sites.warehouse, sites.depot].map(({ node, name, gln, source }) => ({ node, name, gln, source })),
    items: catalogue.map(({ sku, name, gtin, tier, perCase, value }) => ({
      sku,
      name,
      gtin,
      tier,
      value,
      ...(perCase > 0 ? { uoms: { CASE: perCase } } : {}),
    })),
    mappings: mappingsOf(sites, catalogue, regions),
    policies: POLICIES,
  }
}

function sourcesOf({ warehouse, depot, erp, shop }: Sites): Row[] {
  return [
    { source: warehouse.source, role: 'wms', nodes: [warehouse.node], connector: 'cloudevents' },
    {
      source: depot.source,
      role: '3pl',
      nodes: [depot.node],
      defaultNode: depot.node,
      connector: 'x12',
      profile: { quantityStates: { '17': 'onHand' }, itemQualifiers: ['VN'], channel: 'edi' },
    },
    { source: erp, role: 'erp', nodes: [warehouse.node, depot.node], connector: 'cloudevents' },
    { source: shop, role: 'channel', connector: 'cloudevents' },
  ]
}

function mappingsOf(
  { region, warehouse, depot }: Sites,
  catalogue: readonly CatalogueItem[],
  regions: readonly string[],
): Row[] {
  // Transfers name the warehouses of other regions, which are no nodes here.
  const elsewhere = regions.filter((name) => name !== region).map((name) => sitesOf(name).warehouse.node)
  return [
    { source: warehouse.source, nodes: Object.fromEntries(elsewhere.map((node) => [node, node])) },
    {
      source: depot.source,
      skus: Object.fromEntries(catalogue.map(({ sku }) => [depotCodeOf(sku), sku])),
      uoms: { CA: 'CASE' },
    },
  ]
}

const author = 'demo'

const POLICIES = {
  'safetyStock/*': { quantity: 2, author, reason: 'a little for miscounts' },
  'safetyStock/tier:A': { percent: 5, author, reason: 'fast movers need more' },
  'allocation/tier:A': {
    rules: [
      { class: 'b2b-portal/gold', priority: 1, ringFence: { percent: 20 } },
      { class: 'amazon', priority: 2, cap: 60, buffer: 2, minPublish: 3 },
    ],
    author,
    reason: 'gold customers first; the marketplace never gets the last ones',
  },
}
