import { expect, test } from 'vitest'
import { passwordOf, TrytonConfig } from './config.ts'

const given = { source: 'erp', url: 'http://127.0.0.1:8000', database: 'erp', user: 'plimsoll' }

test('a password stands in a file or in the environment, and nowhere else', () => {
  expect(TrytonConfig.safeParse({ ...given, password: 'x' }).success).toBe(false)
  expect(TrytonConfig.safeParse(given).success).toBe(false)
  expect(TrytonConfig.safeParse({ ...given, passwordEnv: 'A', passwordFile: 'b' }).success).toBe(false)
  const config = TrytonConfig.parse({ ...given, passwordEnv: 'ERP_PASSWORD' })
  expect(passwordOf(config, { ERP_PASSWORD: 'secret' })).toBe('secret')
  expect(() => passwordOf(config, {})).toThrow('ERP_PASSWORD')
})

test('only http and https, and a database that is part of no path', () => {
  const withEnv = { ...given, passwordEnv: 'A' }
  expect(TrytonConfig.safeParse({ ...withEnv, url: 'file:///etc' }).success).toBe(false)
  expect(TrytonConfig.safeParse({ ...withEnv, database: '../other' }).success).toBe(false)
})
