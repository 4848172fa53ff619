import { normaliseGtin } from '../../shared/domain/gtin.ts'
import { hasUnit, isBaseUnit, wholeBaseUnits } from '../../shared/domain/uom.ts'
import type { Codes } from '../connectors/connector.ts'
import type { MasterBook } from '../ledger/core/master-book.ts'

/** A source's codes in our words: its own mapping first, then our codes, then what GS1 keys name. */
export function codesOf(source: string, master: MasterBook): Codes {
  const mapping = master.mapping(source)
  const config = master.source(source)
  return {
    sku: (foreign) =>
      mapped(mapping?.skus, foreign) ?? (master.item(foreign) ? foreign : null) ?? byGtin(foreign, master),
    node: (foreign) =>
      mapped(mapping?.nodes, foreign) ??
      (master.node(foreign) ? foreign : null) ??
      master.nodeOfGln(foreign) ??
      null,
    uom: (foreign) => mapped(mapping?.uoms, foreign) ?? foreign,
    decimals: (sku, uom) => {
      const item = master.item(sku)
      return item && isBaseUnit(item, uom) ? item.decimals : 0
    },
    baseUnits: (sku, uom, stated) => {
      const item = master.item(sku)
      return item && !isBaseUnit(item, uom) ? wholeBaseUnits(stated, uom, item) : null
    },
    defaultNode: config?.defaultNode ?? null,
    profile: config?.profile ?? {},
  }
}

/** Whether a code that was refused as unknown is known by now. */
export function isKnownNow(
  source: string,
  unknown: { readonly kind: string; readonly code: string; readonly sku?: string },
  master: MasterBook,
): boolean {
  const codes = codesOf(source, master)
  switch (unknown.kind) {
    case 'sku':
      return codes.sku(unknown.code) !== null
    case 'node':
      return codes.node(unknown.code) !== null || codes.defaultNode !== null
    case 'source':
      return master.source(unknown.code) !== undefined
    default: {
      const item = unknown.sku === undefined ? undefined : master.item(unknown.sku)
      return item === undefined
        ? codes.uom(unknown.code) !== unknown.code
        : hasUnit(item, codes.uom(unknown.code))
    }
  }
}

const mapped = (map: Readonly<Record<string, string>> | undefined, foreign: string): string | null =>
  map && Object.hasOwn(map, foreign) ? map[foreign]! : null

function byGtin(foreign: string, master: MasterBook): string | null {
  const normal = normaliseGtin(foreign)
  return normal ? (master.skuOfGtin(normal.gtin) ?? null) : null
}
