import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

test('a cell that a spreadsheet would compute is text, and a number stays one', () => {
  const rows = [['=HYPERLINK("http://evil")', -5, '+1', '@sum', '-2', 'a, "b"', null, { a: 1 }]]
  expect(csvOf(['sku', 'n'], rows)).toBe(
    `sku,n\r\n"'=HYPERLINK(""http://evil"")",-5,'+1,'@sum,'-2,"a, ""b""",,"{""a"":1}"\r\n`,
  )
})
