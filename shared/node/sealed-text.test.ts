import { expect, test } from 'vitest'
import { seal, sealingKey, unseal } from './sealed-text.ts'

const key = sealingKey('a-key-of-a-region', 'secrets of sources')

test('a sealed text is read with its key and as what it is about, and not otherwise', () => {
  const sealed = seal('s€cret', key, 'eu/shop')
  expect(sealed).not.toContain('s€cret')
  expect(unseal(sealed, key, 'eu/shop')).toBe('s€cret')
  expect(unseal(sealed, key, 'eu/other')).toBeNull()
  expect(unseal(sealed, sealingKey('another-key', 'secrets of sources'), 'eu/shop')).toBeNull()
  expect(unseal(sealed, sealingKey('a-key-of-a-region', 'something else'), 'eu/shop')).toBeNull()
  expect(unseal(`${sealed.slice(0, -6)}AAAA==`, key, 'eu/shop')).toBeNull()
  for (const junk of ['', 'AAAA', 'not base64 at all']) expect(unseal(junk, key, 'eu/shop')).toBeNull()
  expect(seal('s€cret', key, 'eu/shop'), 'never the same twice').not.toBe(sealed)
})
