import { expect, test } from 'vitest'
import { tapeOf } from '../given.ts'

type Read = { readonly sets: string[]; readonly control: number; readonly faults: string[] }

/** Reads a file as strictly as a partner would: what is in it, and everything that doesn't add up. */
function read(file: string): Read {
  const segments = file
    .split('~\n')
    .slice(0, -1)
    .map((text) => text.split('*'))
  const [isa, iea] = [segments[0]!, segments.at(-1)!]
  const faults: string[] = []
  const claim = (what: string, said: unknown, found: unknown): void => {
    if (String(said) !== String(found)) faults.push(`${what}: says ${String(said)}, is ${String(found)}`)
  }
  const named = (name: string, from: number, to: number): string[][] =>
    segments.slice(from, to).filter(([tag]) => tag === name)
  if (!/^ISA.{101}>~$/s.test(file.slice(0, 106))) faults.push('ISA is not of fixed length')
  claim('IEA02', iea[2], isa[13])
  claim('IEA01', iea[1], named('GS', 0, segments.length).length)
  const begins = { set: 0, group: 0 }
  for (const [at, [tag, first, second]] of segments.entries()) {
    const since = (name: string): string[][] => named(name, begins.set, at)
    const sum = since('W12')
      .concat(since('W07'))
      .reduce((total, line) => total + Number(line[0] === 'W12' ? line[3] : line[1]), 0)
    if (tag === 'GS') begins.group = at
    if (tag === 'ST') begins.set = at
    if (tag === 'W03' || tag === 'W14') claim(`${tag}01`, first, sum)
    if (tag === 'CTT') claim('CTT01', first, since('LIN').length)
    if (tag === 'SE') claim('SE01', first, at - begins.set + 1)
    if (tag === 'SE') claim('SE02', second, segments[begins.set]![2])
    if (tag === 'GE') claim('GE01', first, named('ST', begins.group, at).length)
    if (tag === 'GE') claim('GE02', second, segments[begins.group]![6])
  }
  const sets = named('ST', 0, segments.length).map(([, set]) => set!)
  return { sets, control: Number(isa[13]), faults }
}

test('the files of a depot have right counts, totals and control numbers', () => {
  const { messages } = tapeOf('plimsoll', 900, { regions: ['eu'] })
  const whole = messages.filter(({ via, body }) => via === 'inbound' && body.includes('IEA*'))
  const files = whole.map(({ body }) => read(body))
  expect(files.flatMap(({ faults }) => faults)).toEqual([])
  expect(new Set(files.flatMap(({ sets }) => sets))).toEqual(new Set(['846', '944', '945', '947']))
  const controls = files.map(({ control }) => control)
  expect(Math.max(...controls)).toBe(new Set(controls).size)
})

test('a file that was cut short comes whole a little later', () => {
  const files = tapeOf('plimsoll', 3600, { regions: ['eu'] }).messages.filter(({ via }) => via === 'inbound')
  const broken = files.filter(({ body }) => !body.includes('IEA*'))
  expect(broken.length).toBeGreaterThan(0)
  for (const { body, sendAt } of broken) {
    const whole = files.find((other) => other.body !== body && other.body.startsWith(body))
    expect(whole!.sendAt).toBeGreaterThan(sendAt)
  }
})
