import { expect, test } from 'vitest'
import { parseFlags } from './flags.ts'

test('without flags it is the whole system', () => {
  expect(parseFlags([])).toMatchObject({
    ok: true,
    value: { regions: ['eu', 'us', 'apac'], fresh: false, traffic: true, portBase: 8100 },
  })
})

test('flags choose regions, folder, ports and traffic', () => {
  const parsed = parseFlags('--no-traffic --regions eu,jp --data /tmp/x --fresh --port-base 9100'.split(' '))
  expect(parsed).toEqual({
    ok: true,
    value: { regions: ['eu', 'jp'], dataDir: '/tmp/x', fresh: true, traffic: false, portBase: 9100 },
  })
})

test.each([
  ['--regions Europe', /--regions: a region is/],
  ['--regions eu,eu', /--regions: a region is named twice/],
  ['--regions a,b,c,d,e,f,g,h,i,j,k', /--regions: at most 10/],
  ['--port-base 80', /--port-base: at least 1024/],
  ['--port-base 65530', /--port-base: at most 65495/],
  ['--port-base x', /--port-base: a port is a number/],
  ['--trafic', /Unknown option '--trafic'.*--no-traffic/],
  ['eu', /Unexpected argument/],
])('%s is refused in one line', (typed, line) => {
  const parsed = parseFlags(typed.split(' '))
  expect(parsed).toMatchObject({ ok: false, error: expect.stringMatching(line) as string })
  expect(parsed.ok ? '' : parsed.error).not.toContain('\n')
})
