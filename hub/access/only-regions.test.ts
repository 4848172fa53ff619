import { expect, test } from 'vitest'
import { HIDDEN, onlyRegions } from './only-regions.ts'

const isHidden = (region: string): boolean => region === 'us' || region === 'apac'

test('entries of other regions are left out, however deep they are', () => {
  const answer = {
    at: 'now',
    regions: [
      { region: 'eu', sources: [{ source: 'wms' }] },
      { region: 'us', sources: [] },
    ],
    groups: [{ variances: [{ region: 'apac' }, { region: 'eu', sku: 'X' }] }],
    facts: { eu: 3, us: 4 },
  }
  expect(onlyRegions(answer, isHidden)).toEqual({
    at: 'now',
    regions: [{ region: 'eu', sources: [{ source: 'wms' }] }],
    groups: [{ variances: [{ region: 'eu', sku: 'X' }] }],
    facts: { eu: 3 },
  })
})

test('a transfer is seen from both its ends', () => {
  const transfers = [
    { transfer: 't1', fromRegion: 'eu', toRegion: 'us' },
    { transfer: 't2', fromRegion: 'us', toRegion: 'apac' },
    { transfer: 't3', fromRegion: 'us', toRegion: null },
    { transfer: 't4', fromRegion: null, toRegion: null },
  ]
  const shown = onlyRegions({ transfers }, isHidden) as { transfers: { transfer: string }[] }
  expect(shown.transfers.map(({ transfer }) => transfer)).toEqual(['t1', 't4'])
})

test('an answer about another region is nothing', () => {
  expect(onlyRegions({ region: 'us', a: 1 }, isHidden)).toBe(HIDDEN)
  expect(onlyRegions('us', isHidden)).toBe('us')
})
