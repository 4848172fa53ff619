import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { erpConformance, type ErpUnderTest } from '../../../tests/conformance/erp.ts'
import { TrytonCompany } from '../../../tests/support/tryton/tryton-company.ts'
import { hasTryton, TrytonServer, WITHOUT_TRYTON } from '../../../tests/support/tryton/tryton-server.ts'
import type { ErpOrder } from '../../orders/erp.ts'
import { TrytonClient } from './client.ts'
import { trytonErp } from './tryton-erp.ts'

describe.skipIf(!hasTryton())(`Tryton behind the ERP port ${WITHOUT_TRYTON}`, () => {
  let server: TrytonServer
  let company: TrytonCompany
  let underTest: ErpUnderTest

  const newClient = () => new TrytonClient(server.connection)
  const portOf = (client: TrytonClient) =>
    trytonErp({
      client,
      // Our ber1 is their WH, and items are called alike.
      codes: {
        sku: (sku) => sku,
        node: (node) => (node === 'ber1' ? 'WH' : node),
        ourSku: (code) => code,
        decimals: () => 0,
      },
      customers: { 'b2b-portal': 'C-1' },
      clock: { now: () => Date.now() },
    })

  beforeAll(async () => {
    server = await TrytonServer.start()
    company = await TrytonCompany.found(newClient(), newClient)
    await company.makeProduct('ANCHOR')
    await company.makeProduct('BUOY')
    await company.makeProduct('MOORING', [
      { code: 'ANCHOR', quantity: 1 },
      { code: 'BUOY', quantity: 2 },
    ])
    const port = portOf(newClient())
    const press = async (order: ErpOrder, buttons: readonly string[]) => {
      const read = await port.readOrder(order)
      const number = read.ok && read.value ? read.value.erpNumber : ''
      for (const shipment of await company.shipmentsOf(number))
        for (const button of buttons) await company.press('stock.shipment.out', button, shipment)
    }
    underTest = {
      port,
      stock: async (goods) => company.putAway(await company.receive('WH', goods)),
      pick: (order) => press(order, ['pick']),
      ship: (order) => press(order, ['pack', 'done']),
    }
  }, 360_000)

  afterAll(() => server?.stop())

  erpConformance(() => underTest)

  test('an order whose answer was lost is found by its reference and made binding', async () => {
    const order: ErpOrder = {
      orderRef: 'b2b-portal:lost',
      channel: 'b2b-portal',
      node: 'ber1',
      lines: [{ line: '1', sku: 'ANCHOR', quantity: 1 }],
    }
    const client = newClient()
    const call = client.call.bind(client)
    let isCut = true
    // The line is cut behind the ERP's back: the sale is created, and nobody hears of it.
    client.call = async (method, params, context) => {
      const answer = await call(method, params, context)
      if (method === 'model.sale.sale.create' && isCut) throw new Error('connection reset')
      return answer
    }
    await expect(portOf(client).postOrder(order)).rejects.toThrow('connection reset')
    isCut = false
    const retried = await portOf(client).postOrder(order)
    expect(retried).toMatchObject({ ok: true, value: { isNew: false } })
    const sales = await company.find('sale.sale', [['reference', '=', order.orderRef]], ['state'])
    expect(sales).toMatchObject([{ state: 'processing' }])
  })

  test('a channel without a customer is refused', async () => {
    const order = {
      orderRef: 'amazon:1',
      channel: 'amazon',
      node: 'ber1',
      lines: [{ line: '1', sku: 'ANCHOR', quantity: 1 }],
    }
    expect(await underTest.port.postOrder(order)).toMatchObject({
      ok: false,
      error: { code: 'unknown-customer' },
    })
  })
})
