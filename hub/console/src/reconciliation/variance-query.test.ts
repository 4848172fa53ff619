import { expect, test } from 'vitest'
import { minorUnits, varianceQuery } from './variance-query.ts'

test.each([
  ['', null],
  ['12', 1200],
  ['12.5', 1250],
  ['0,05', 5],
  ['0.29', 29],
  ['-3', null],
  ['1e9', null],
  ['12.345', null],
])('an amount written as "%s" is %s minor units', (amount, minor) => {
  expect(minorUnits(amount)).toBe(minor)
})

test('without filters the open ones are asked for, those worth most first', () => {
  expect(varianceQuery(new URLSearchParams()).toString()).toBe('state=open&sort=value')
})

test('filters of the address become those of the API, and foreign ones are left out', () => {
  const address = new URLSearchParams(
    'region=eu&class=unit&state=any&above=10&source=wms&sort=oldest&hours=72&x=1',
  )
  expect(varianceQuery(address).toString()).toBe('region=eu&class=unit&source=wms&valueMin=1000&sort=oldest')
  expect(varianceQuery(new URLSearchParams('state=in-flight')).get('settled')).toBe('false')
})
