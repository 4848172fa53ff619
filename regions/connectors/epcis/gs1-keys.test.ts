import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normaliseGtin } from '../../../shared/domain/gtin.ts'
import { readEpc, readGln } from './gs1-keys.ts'
import { bareTerm } from './vocabulary.ts'

describe('one item has one GTIN', () => {
  test.each([
    ['by lot, as URN', 'urn:epc:class:lgtin:4012345.012345.998877', '04012345123456', '998877', false],
    [
      'by lot, as Digital Link',
      'https://id.gs1.org/01/04012345123456/10/998877',
      '04012345123456',
      '998877',
      false,
    ],
    [
      'by lot, on a brand’s own host and path',
      'https://brand.example/eu/p/01/04012345123456/10/998877?11=261122',
      '04012345123456',
      '998877',
      false,
    ],
    [
      'by lot in the query',
      'https://id.gs1.org/01/04012345123456?10=998877',
      '04012345123456',
      '998877',
      false,
    ],
    ['by piece, as URN', 'urn:epc:id:sgtin:0614141.107346.2017', '10614141073464', undefined, true],
    [
      'by piece, as Digital Link',
      'https://id.gs1.org/01/10614141073464/21/2017',
      '10614141073464',
      undefined,
      true,
    ],
    ['by class', 'urn:epc:idpat:sgtin:0614141.107346.*', '10614141073464', undefined, false],
    [
      'by class, of 12 digits in words',
      'https://id.gs1.org/gtin/614141123452',
      '00614141123452',
      undefined,
      false,
    ],
    [
      'by a lot with a slash in it',
      'urn:epc:class:lgtin:4012345.012345.A%2FB',
      '04012345123456',
      'A/B',
      false,
    ],
  ])('%s', (_, id, gtin, lot, isInstance) =>
    expect(readEpc(id)).toEqual({ kind: 'item', gtin, lot, isInstance }),
  )

  test('and what goods are packed in is no item', () => {
    expect(readEpc('urn:epc:id:sscc:0614141.1234567890')).toEqual({ kind: 'carrier' })
    expect(readEpc('https://id.gs1.org/00/106141412345678908')).toEqual({ kind: 'carrier' })
    expect(readEpc('urn:epc:id:grai:0614141.12345.400')).toEqual({ kind: 'carrier' })
  })

  test('in both spellings, wherever the company prefix ends', () =>
    fc.assert(
      fc.property(
        fc.stringMatching(/^\d{13}$/),
        fc.integer({ min: 6, max: 12 }),
        fc.stringMatching(/^[A-Z0-9]{1,8}$/),
        (digits, prefixDigits, lot) => {
          const company = digits.slice(1, 1 + prefixDigits)
          const urn = `urn:epc:class:lgtin:${company}.${digits[0]}${digits.slice(1 + prefixDigits)}.${lot}`
          const item = readEpc(urn)
          const gtin = item.kind === 'item' ? item.gtin! : ''
          expect(gtin.slice(0, 13)).toBe(digits)
          expect(normaliseGtin(gtin)).toEqual({ gtin, checkDigitValid: true })
          expect(readEpc(`https://id.gs1.org/01/${gtin}/10/${lot}`)).toEqual(item)
        },
      ),
    ))
})

test.each([
  ['urn:epc:id:sgln:0614141.07346.1234', '0614141073467'],
  ['urn:epc:id:sgln:0614141.07346.0', '0614141073467'],
  ['https://id.gs1.org/414/0614141073467/254/1234', '0614141073467'],
  ['https://dl.example/site/414/0614141073467', '0614141073467'],
  ['https://example.com/warehouse/7', null],
  ['urn:uuid:1', null],
])('the GLN in %s is %s', (id, gln) => expect(readGln(id)).toBe(gln))

test.each([
  ['receiving', 'receiving'],
  ['urn:epcglobal:cbv:bizstep:receiving', 'receiving'],
  ['https://ref.gs1.org/cbv/BizStep-receiving', 'receiving'],
  ['cbv:BizStep-receiving', 'receiving'],
  ['https://ns.gs1.org/cbv/Disp-in_progress', 'in_progress'],
  ['http://example.org/bizstep/shipping', 'http://example.org/bizstep/shipping'],
])('the term %s is %s', (term, bare) => expect(bareTerm(term)).toBe(bare))
