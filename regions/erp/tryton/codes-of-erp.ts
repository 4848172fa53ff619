import type { Mapping } from '../../../shared/domain/master-data.ts'
import type { MasterBook } from '../../ledger/core/master-book.ts'
import type { ForeignCodes } from './directory.ts'

/** A source's mapping read backwards: how the ERP calls what we name. */
export function codesOfErp(source: string, master: MasterBook): ForeignCodes {
  const backwards = remembered(readBackwards)
  return {
    sku: (sku) => backwards(master.mapping(source))?.skus.get(sku) ?? sku,
    node: (node) => backwards(master.mapping(source))?.nodes.get(node) ?? node,
    ourSku: (code) => {
      const { skus } = master.mapping(source) ?? {}
      return skus && Object.hasOwn(skus, code) ? skus[code]! : code
    },
    decimals: (sku) => master.item(sku)?.decimals ?? 0,
  }
}

const readBackwards = ({ skus, nodes }: Mapping) => ({ skus: turned(skus), nodes: turned(nodes) })

/** Of several foreign codes for one of ours the first in the alphabet, so that it is the same one each time. */
function turned(map: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  const pairs = Object.entries(map).sort(([a], [b]) => (a < b ? 1 : -1))
  return new Map(pairs.map(([theirs, ours]) => [ours, theirs]))
}

/** A mapping has a hundred thousand codes and changes once a week: it is turned once. */
function remembered<T>(make: (mapping: Mapping) => T): (mapping: Mapping | undefined) => T | undefined {
  let last: { readonly mapping: Mapping; readonly made: T } | null = null
  return (mapping) => {
    if (mapping && last?.mapping !== mapping) last = { mapping, made: make(mapping) }
    return mapping && last!.made
  }
}
