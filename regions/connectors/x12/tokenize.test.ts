import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readX12 } from './envelope.ts'
import { edi } from './given.ts'
import { tokenize } from './tokenize.ts'

const body = 'W06*N*ORDER-1*20261122*SHIP-1\nLX*1\nW12*CC*5*5**EA**VN*A-1\nW03*5'
const collapsed = (text: string): string => text.replaceAll(/ +/g, '')
const names = (text: string): string[] =>
  tokenize(text).chunks.flatMap((it) => it.segments.map(({ name }) => name))
const WHOLE = ['GS', 'ST', 'W06', 'LX', 'W12', 'W03', 'SE', 'GE', 'IEA']

describe('segments are found', () => {
  test.each([
    ['as the standard writes them', edi('945', body)],
    ['by line', edi('945', body, { element: '|', terminator: '\n' })],
    ['by DOS line', edi('945', body, { terminator: '\r\n' })],
    ['with a newline after each', edi('945', body, { terminator: '~\r\n' })],
    ['by a mainframe’s line', edi('945', body, { terminator: '\u0085' })],
    ['with a mainframe’s line end after each', edi('945', body, { terminator: '~\u0085' })],
    ['with ~ between elements and ? behind segments', edi('945', body, { element: '~', terminator: '?' })],
    ['behind a byte order mark', `\uFEFF${edi('945', body)}`],
    ['without the padding of ISA', collapsed(edi('945', body))],
    ['broken at 80 columns', edi('945', body).replaceAll(/(.{80})/g, '$1\r\n')],
    ['with an end-of-file mark behind', `${edi('945', body)}\u001A\0\0`],
    [
      'when ISA16 is the element separator too',
      edi('945', body, { element: '|', terminator: '\n' }).replace('|>\n', '||\n'),
    ],
    ['when ISA16 is missing', edi('945', body).replace('*>~', '*~')],
    [
      'when ISA was cut off',
      edi('945', body)
        .replace(/^ISA.*?>~/, 'ISA*00*\n')
        .replaceAll('~', '\n'),
    ],
    ['behind the words of a mailbox', `To: hub\r\n\r\n${edi('945', body)}`],
  ])('%s', (_, text) => expect(names(text)).toEqual(WHOLE))

  test('without an envelope, from ST on', () => {
    const [bare] = edi('945', body).match(/ST\*945.*SE\*6\*0001~/)!
    expect(names(bare)).toEqual(WHOLE.slice(1, -2))
    expect(names(bare.replaceAll('~', '\n'))).toEqual(WHOLE.slice(1, -2))
  })

  test('of several interchanges in a file, each by its own separators, even if the first lacks its last terminator', () => {
    const first = edi('945', body).slice(0, -1)
    const second = edi('846', 'BIA*00*DD*1*20261122\nLIN*1*VN*A\nQTY*17*1', {
      element: '|',
      terminator: '\n',
    })
    expect(readX12(`${first}\n${second}`).transactions.map(({ set }) => set)).toEqual(['945', '846'])
  })
})

describe('of an envelope', () => {
  test('wrong counts and numbers are remarks while the structure is whole', () => {
    const text = edi('945', body, { segments: 99 }).replace('GE*1*7', 'GE*3*8').replace('IEA*1*', 'IEA*2*9')
    const { transactions, refusals, warnings } = readX12(text)
    expect(transactions).toHaveLength(1)
    expect(refusals).toEqual([])
    expect(warnings).toEqual([
      '945 0001: SE says 99 segments, there are 6',
      'group 7: GE says 3 transactions, there are 1',
      'group 7: GE names group 8',
      'interchange 000000001: IEA says 2 groups, there are 1',
      'interchange 000000001: IEA names interchange 9000000001',
    ])
  })

  test('a transaction that cannot be reached is said to be lost', () => {
    const text = edi('945', body).replace('W03*5~SE*6*0001~', 'W03*5\nST*945*0002\nSE*2*0002\nSE*6*0001~')
    expect(readX12(text).refusals).toMatchObject([{ code: 'lost-transaction' }])
  })

  test('segments outside any transaction are said to be there', () =>
    expect(readX12(edi('945', body).replace('ST*945*0001~', '')).refusals).toMatchObject([
      { code: 'stray-segments' },
    ]))

  test('none at all is refused', () => {
    expect(readX12('hello').refusals).toMatchObject([{ code: 'not-x12' }])
    expect(readX12('').refusals).toMatchObject([{ code: 'not-x12' }])
  })
})

test('whatever separators a sender chooses, the elements come back as they were', () => {
  const separator = fc.constantFrom(...'*|~^!;:?+\u001C\u001D')
  const element = fc.stringMatching(/^[A-Z0-9][A-Z0-9 ]{0,6}[A-Z0-9]$/)
  fc.assert(
    fc.property(
      fc.uniqueArray(separator, { minLength: 2, maxLength: 2 }),
      fc.array(element, { minLength: 1 }),
      ([e, t], words) => {
        const text = edi('945', `N9*${words.join('*')}`, { element: e!, terminator: t! })
        const [transaction] = readX12(text).transactions
        expect(transaction!.segments[0]!.elements).toEqual(['N9', ...words])
        expect(transaction!.isWhole).toBe(true)
      },
    ),
  )
})
