import { expect, test } from 'vitest'
import { Item, Mapping } from '../../../shared/domain/master-data.ts'
import { Interning } from '../../ledger/core/interning.ts'
import { MasterBook } from '../../ledger/core/master-book.ts'
import { codesOfErp } from './codes-of-erp.ts'

const book = new MasterBook(new Interning())
const put = (body: unknown, at: number) =>
  book.upsert({ kind: 'mapping', subject: 'erp', body: Mapping.parse(body), rank: [at, 'hub', String(at)] })

test('a mapping is read backwards, and what is not mapped is called alike', () => {
  put({ skus: { 'A-2': 'ANCHOR', 'A-1': 'ANCHOR' }, nodes: { WH: 'ber1' } }, 1)
  const codes = codesOfErp('erp', book)
  expect([codes.sku('ANCHOR'), codes.sku('BUOY'), codes.node('ber1'), codes.node('muc1')]).toEqual([
    'A-1',
    'BUOY',
    'WH',
    'muc1',
  ])
  expect([codes.ourSku('A-2'), codes.ourSku('BUOY')]).toEqual(['ANCHOR', 'BUOY'])
})

test('a new mapping is in force with the next order', () => {
  const codes = codesOfErp('erp', book)
  put({ skus: { B: 'BUOY' } }, 2)
  expect([codes.sku('BUOY'), codes.sku('ANCHOR')]).toEqual(['B', 'ANCHOR'])
})

test('a measured item has its decimals, an unknown one none', () => {
  book.upsert({
    kind: 'item',
    subject: 'ROPE',
    body: Item.parse({ baseUom: 'm', decimals: 2 }),
    rank: [1, 'hub', '1'],
  })
  const codes = codesOfErp('erp', book)
  expect([codes.decimals('ROPE'), codes.decimals('NOPE')]).toEqual([2, 0])
})
