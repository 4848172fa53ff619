import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hash64, hash64Into, hash64JoinedInto } from './hash64.ts'

test('a hash is what it was when the first journal was written', () => {
  expect(hash64('SKU-1')).toEqual({ hi: 682578753, lo: 2247851396 })
  expect(hash64('ünïcode 🎈 long text that goes on and on')).toEqual({ hi: 4193896884, lo: 2038615969 })
})

test('texts are hashed as if they were joined by spaces', () => {
  const [joined, apart] = [new Uint32Array(2), new Uint32Array(2)]
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (parts) => {
      hash64Into(parts.join(' '), joined)
      hash64JoinedInto(parts, apart)
      expect(apart).toEqual(joined)
    }),
  )
})
