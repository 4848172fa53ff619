import { expect, test } from 'vitest'
import { err } from '../../shared/kernel/result.ts'
import { assigningErp } from './assigning-erp.ts'
import { InMemoryErp } from './in-memory-erp.ts'

const order = {
  orderRef: 'web:1',
  channel: 'web',
  node: 'ber1',
  lines: [{ line: '1', sku: 'ANCHOR', quantity: 5 }],
}

function erpWith(onHand: number): InMemoryErp {
  const erp = new InMemoryErp(['ber1'])
  erp.putItem('ANCHOR')
  erp.receive('ANCHOR', 'ber1', onHand)
  return erp
}

test('an order that is posted has its goods set aside at once', async () => {
  const erp = erpWith(5)
  expect(await assigningErp(erp).postOrder(order)).toMatchObject({ ok: true, value: { warnings: [] } })
  expect(await erp.assignOrder(order)).toMatchObject({ ok: true, value: { status: 'assigned' } })
})

test('what is short is told line by line, and the order binds all the same', async () => {
  const posted = await assigningErp(erpWith(2)).postOrder(order)
  expect(posted).toMatchObject({
    ok: true,
    value: { isNew: true, warnings: ['line 1: 2 of 5 ANCHOR are set aside'] },
  })
})

test('an ERP that is too busy to assign is asked again for the whole', async () => {
  const erp = erpWith(5)
  const busy = assigningErp({
    ...erp,
    postOrder: erp.postOrder,
    assignOrder: async () => err({ code: 'busy', detail: 'later', retryAfterMs: 10 }),
  })
  expect(await busy.postOrder(order)).toMatchObject({ ok: false, error: { code: 'busy' } })
  expect(await assigningErp(erp).postOrder(order)).toMatchObject({ ok: true, value: { isNew: false } })
})
