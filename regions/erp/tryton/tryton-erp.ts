import type { Clock } from '../../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { assigningErp } from '../../orders/assigning-erp.ts'
import type { ErpOrderKey, ErpPort, ErpRefusal } from '../../orders/erp.ts'
import type { MasterBook } from '../../ledger/core/master-book.ts'
import { assignOrder } from './assign-order.ts'
import { cancelOrder } from './cancel-order.ts'
import { changeOrder } from './change-order.ts'
import { TrytonClient } from './client.ts'
import { codesOfErp } from './codes-of-erp.ts'
import { passwordOf, type TrytonConfig } from './config.ts'
import { Directory, type ForeignCodes } from './directory.ts'
import { postOrder } from './post-order.ts'
import { readOrder, standing } from './read-order.ts'
import { Records } from './records.ts'
import { type Sale, salesOf } from './sale.ts'

/** As a region's configuration names it, in that region's codes. */
export function trytonErpOf(config: TrytonConfig, master: MasterBook, clock: Clock): ErpPort {
  const port = trytonErp({
    client: new TrytonClient({ ...config, password: passwordOf(config) }),
    codes: codesOfErp(config.source, master),
    customers: config.customers,
    clock,
  })
  return config.assigns ? assigningErp(port) : port
}

/** Tryton behind the port. */
export function trytonErp(parts: {
  readonly client: TrytonClient
  readonly codes: ForeignCodes
  readonly customers: Readonly<Record<string, string>>
  readonly clock: Clock
}): ErpPort {
  const records = new Records(parts.client)
  const directory = new Directory(records, parts.codes, parts.customers)
  const { now } = parts.clock
  const { codes } = parts

  const find = async ({ orderRef, node }: ErpOrderKey): Promise<Result<Sale | undefined, ErpRefusal>> => {
    const warehouse = await directory.warehouse(node)
    if (!warehouse.ok) return warehouse
    const sales = await salesOf(records, orderRef, warehouse.value)
    if (!sales.ok || sales.value.length < 2) return sales.ok ? ok(sales.value[0]) : sales
    // One that was called off and posted again is what became of it last.
    const stands = await standing(records, sales.value, codes)
    return stands.ok ? ok(stands.value[0] ?? sales.value[0]) : stands
  }
  const withSale = async <T>(
    key: ErpOrderKey,
    work: (sale: Sale) => Promise<Result<T, ErpRefusal>>,
  ): Promise<Result<T, ErpRefusal>> => {
    const found = await find(key)
    if (!found.ok) return found
    return found.value ? work(found.value) : err(unknownOrder(key))
  }

  return {
    postOrder: (order) => postOrder({ records, directory, now }, order),
    changeOrder: (order) => withSale(order, (sale) => changeOrder({ records, directory }, sale, order)),
    assignOrder: (key) => withSale(key, (sale) => assignOrder(records, sale, codes)),
    cancelOrder: (key) => withSale(key, (sale) => cancelOrder(records, sale, codes)),
    readOrder: async (key) => {
      const found = await find(key)
      if (!found.ok) return found
      return found.value ? readOrder(records, found.value, codes) : ok(null)
    },
  }
}

const unknownOrder = ({ orderRef, node }: ErpOrderKey): ErpRefusal => ({
  code: 'unknown-order',
  detail: `the ERP has no order ${orderRef} at ${node}`,
})
