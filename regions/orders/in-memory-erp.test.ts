import { erpConformance, type ErpUnderTest } from '../../tests/conformance/erp.ts'
import { InMemoryErp } from './in-memory-erp.ts'

const erp = new InMemoryErp(['ber1'])
erp.putItem('ANCHOR')
erp.putItem('BUOY')
erp.putItem('MOORING', [
  { sku: 'ANCHOR', quantity: 1 },
  { sku: 'BUOY', quantity: 2 },
])

const underTest: ErpUnderTest = {
  port: erp,
  stock: async (goods) => {
    for (const [sku, quantity] of Object.entries(goods)) erp.receive(sku, 'ber1', quantity)
  },
  pick: async (order) => erp.ship(order, 'picked'),
  ship: async (order) => erp.ship(order, 'shipped'),
}

erpConformance(() => underTest)
