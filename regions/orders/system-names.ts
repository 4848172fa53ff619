import type { RegionConfig } from '../config.ts'
import type { MasterBook } from '../ledger/core/master-book.ts'
import type { Systems } from './core/flow-tasks.ts'

/** Which systems have to know of orders, by name: whoever writes for the region and whoever stands by sees the same work. */
export function systemNames({ orders, tryton }: RegionConfig, master: MasterBook): Systems {
  const { erp, fulfilment = [] } = orders ?? {}
  return {
    erp: tryton?.source ?? erp?.name ?? null,
    fulfilmentOf: (node) => fulfilment.find(({ nodes }) => (nodes as string[]).includes(node))?.name ?? null,
    isErp: (source) => master.source(source)?.role === 'erp',
  }
}
