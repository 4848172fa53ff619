import { expect, test } from 'vitest'
import type { Fact } from './events.ts'
import { FACT_KEY_WORDS, writeFactKey } from './fact-key.ts'

const fact = ({ type, sku, ...rest }: { type: string; sku?: string; [field: string]: unknown }): Fact =>
  ({ source: 'wms', type: `plimsoll.${type}`, subject: sku, ...rest }) as unknown as Fact

const ORDER = {
  orderRef: 'web:1',
  channel: 'web',
  lines: [{ line: '1', sku: 'X', quantity: 3, node: 'ber1' }],
}

/** Keys are in every journal: a start reads them back, so that what was counted once is known for ever. */
test.each<readonly [Fact, readonly number[]]>([
  [
    fact({ type: 'stock.received', id: 'a', sku: 'X', data: { node: 'ber1', quantity: 10 } }),
    [3826519334, 1430011193, 0, 0, 1170211387],
  ],
  [
    fact({
      type: 'stock.shipped',
      id: 'b',
      sku: 'X',
      businesskey: 'k',
      data: { node: 'ber1', lot: 'L', quantity: 2, orderRef: 'web:1', line: '1' },
    }),
    [3267125831, 1863412653, 2218367789, 450880121, 2406299058],
  ],
  [
    fact({
      type: 'stock.moved',
      id: 'c',
      sku: 'X',
      data: { node: 'ber1', quantity: 1, from: 'sellable', to: 'damaged' },
    }),
    [2777686571, 165465539, 0, 0, 3644845173],
  ],
  [
    fact({
      type: 'stock.counted',
      id: 'd',
      sku: 'X',
      data: { node: 'ber1', asOf: '2026-11-23T00:00:00Z', states: { onHand: 5 } },
    }),
    [3455125052, 4456462, 0, 0, 946078509],
  ],
  [
    fact({ type: 'transfer.shipped', id: 'e', sku: 'X', data: { transfer: 'T', to: 'ber1', quantity: 4 } }),
    [1543857917, 2664275966, 0, 0, 2324178668],
  ],
  [
    fact({
      type: 'receipt.expected',
      id: 'f',
      sku: 'X',
      data: { ref: 'PO', node: 'ber1', quantity: 4, expectedAt: '2026-11-24T00:00:00Z' },
    }),
    [2875311668, 658316511, 0, 0, 3481147823],
  ],
  [fact({ type: 'order.accepted', id: 'g', data: ORDER }), [616660925, 2260815726, 0, 0, 3233363542]],
  [
    fact({
      type: 'policy.activated',
      id: 'h',
      data: { kind: 'tier', scope: 'sku:X', body: { tier: 'A', version: 2 } },
    }),
    [4074880288, 728250243, 0, 0, 897291427],
  ],
  [fact({ type: 'source.heartbeat', id: 'i' }), [937280253, 150786450, 0, 0, 539383928]],
])('the key of $type is what it was when it was first journaled', (it, expected) => {
  const key = new Uint32Array(FACT_KEY_WORDS)
  writeFactKey(it, key, 0)
  expect([...key]).toEqual(expected)
})
