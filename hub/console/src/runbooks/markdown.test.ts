import { expect, test } from 'vitest'
import { runbookOf } from './markdown.ts'

const blocks = (markdown: string) => runbookOf(`# Title\n\n${markdown}`).blocks

test('the first heading is the title, its words alone', () => {
  expect(runbookOf('# It is `stale` (**now**)\n\nText')).toEqual({
    title: 'It is stale (now)',
    blocks: [{ kind: 'paragraph', text: ['Text'] }],
  })
  expect(() => runbookOf('no title')).toThrow('begins with its title')
})

test('lines of a paragraph are one, with what is code, bold and a link in it', () => {
  expect(blocks('Look at `a*b`\nand **the `log`** or [its page](edge.md#now).')).toEqual([
    {
      kind: 'paragraph',
      text: [
        'Look at ',
        { code: 'a*b' },
        ' and ',
        { bold: ['the ', { code: 'log' }] },
        ' or ',
        { link: 'edge.md#now', text: ['its page'] },
        '.',
      ],
    },
  ])
})

test('steps are numbered, go on over lines, and have lists and code of their own', () => {
  const text = (...words: string[]) => ({ kind: 'paragraph', text: words })
  expect(
    blocks(
      '1. First\n   goes on.\n2. By class:\n   - one\n     more\n   - two\n\n   ```\n   a  b\n   ```\n\nAfter',
    ),
  ).toEqual([
    {
      kind: 'list',
      start: 1,
      items: [
        [text('First goes on.')],
        [
          text('By class:'),
          { kind: 'list', start: null, items: [[text('one more')], [text('two')]] },
          { kind: 'code', text: 'a  b' },
        ],
      ],
    },
    text('After'),
  ])
})

test('a table has a head and rows, and a bar in it where that is said', () => {
  expect(blocks('| a | b |\n| --- | --- |\n| `x` | 1 \\| 2 |')).toEqual([
    { kind: 'table', head: [['a'], ['b']], rows: [[[{ code: 'x' }], ['1 | 2']]] },
  ])
})
