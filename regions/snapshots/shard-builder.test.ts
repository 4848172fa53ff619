import { expect, test } from 'vitest'
import { newEffects } from '../ledger/core/effects.ts'
import { fact } from '../ledger/core/given.ts'
import { Ledger } from '../ledger/core/ledger.ts'
import { ShardBuilder } from './shard-builder.ts'

const ledger = new Ledger()
let told = 0
const tell = (type: string, sku: string, data: Record<string, unknown>): void =>
  void ledger.apply(fact({ type, sku, source: 'wms', at: ++told, id: `f${told}`, data }), newEffects(), told)

tell('source.upserted', 'wms', { role: 'wms', nodes: ['ber1'] })
tell('node.upserted', 'ber1', { sells: true, source: 'wms' })
for (let i = 0; i < 40; i++) tell('item.upserted', `S${i}`, { baseUom: 'EA', tier: 'B' })

const all = (builder: ShardBuilder, left = -1): Promise<string[]> =>
  builder.digests(
    (shard) => shard === left,
    () => false,
  )
const fresh = (): Promise<string[]> => all(new ShardBuilder(ledger, 'eu', 4))

test('a digest is worked out again when one of its skus was touched, and one whose changes wait is not told', async () => {
  const builder = new ShardBuilder(ledger, 'eu', 4)
  expect(await all(builder)).toEqual(await fresh())
  tell('stock.received', 'S7', { node: 'ber1', quantity: 5 })
  const sku = ledger.books.skus.texts.indexOf('S7')
  const shard = builder.shardOf(sku)
  builder.touch(sku)
  expect((await all(builder, shard))[shard]).toBe('')
  expect(await all(builder)).toEqual(await fresh())
})

test('a change that nobody told of is found by the turn that works all out again', async () => {
  const builder = new ShardBuilder(ledger, 'eu', 4)
  await all(builder)
  tell('stock.received', 'S8', { node: 'ber1', quantity: 5 })
  expect(await all(builder)).toEqual(await fresh())
})
