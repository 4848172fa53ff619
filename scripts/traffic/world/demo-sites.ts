import { checkDigit } from '../../../shared/domain/gtin.ts'
import type { SourceRole } from '../../../shared/domain/master-data.ts'
import { hash64 } from '../../../shared/kernel/hash64.ts'

/** The demo's company: its places, the systems that run them, and who sells. */

export const CHANNELS = [
  { channel: 'b2b-portal', segments: ['gold', 'standard'] },
  { channel: 'amazon', segments: [] },
  { channel: 'inside-sales', segments: [] },
  { channel: 'edi', segments: [] },
] as const satisfies readonly { channel: string; segments: readonly string[] }[]

/** Those that ask nobody, and are told what they may sell. */
export const FED_CHANNELS: readonly string[] = ['amazon', 'b2b-portal']

export type Place = {
  readonly node: string
  readonly name: string
  readonly gln: string
  /** The system that runs it, and owns what is said of its stock. */
  readonly source: string
}

export type Sites = {
  readonly region: string
  /** Runs on a WMS that tells every movement at once. */
  readonly warehouse: Place
  /** Runs on a 3PL that sends files. */
  readonly depot: Place
  readonly erp: string
  /** The storefronts' order feed. */
  readonly shop: string
  readonly sources: readonly { readonly source: string; readonly role: SourceRole }[]
}

const TOWNS: Readonly<Record<string, readonly [string, string, string, string]>> = {
  eu: ['ber1', 'Berlin', 'ams1', 'Amsterdam'],
  us: ['chi1', 'Chicago', 'dal1', 'Dallas'],
  apac: ['sin1', 'Singapore', 'syd1', 'Sydney'],
}

export function sitesOf(region: string): Sites {
  const [own, ownName, foreign, foreignName] = TOWNS[region] ?? [
    `${region}1`,
    `${region} warehouse`,
    `${region}2`,
    `${region} depot`,
  ]
  const warehouse = { node: own, name: ownName, gln: glnOf(own), source: `wms-${own}` }
  const depot = { node: foreign, name: foreignName, gln: glnOf(foreign), source: `3pl-${foreign}` }
  const erp = `erp-${region}`
  const shop = `shop-${region}`
  return {
    region,
    warehouse,
    depot,
    erp,
    shop,
    sources: [
      { source: warehouse.source, role: 'wms' },
      { source: depot.source, role: '3pl' },
      { source: erp, role: 'erp' },
      { source: shop, role: 'channel' },
    ],
  }
}

/** A well-formed GLN, always the same for a node. */
function glnOf(node: string): string {
  const digits = `4099999${String(hash64(node).hi % 100_000).padStart(5, '0')}`
  return digits + checkDigit(digits)
}
