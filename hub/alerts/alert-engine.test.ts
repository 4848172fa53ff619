import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AlertChange, AlertEngine, type Measure } from './alert-engine.ts'
import { RULES_DEFAULT, rulesWith } from './alert-rule.ts'

const RULES = rulesWith({
  'queue-lag': { raise: 100, clear: 10, criticalAt: 1_000, forMs: 10_000, clearForMs: 30_000 },
})
const queue = (level: number, region = 'eu'): Measure => ({
  kind: 'queue-lag',
  region,
  subject: 'facts',
  level,
  summary: `${level} wait`,
  labels: {},
})
const EU = new Set(['eu', 'us'])

function engineAt() {
  const engine = new AlertEngine(RULES)
  return (second: number, level: number | null): AlertChange['what'][] =>
    engine
      .step(level === null ? [] : [queue(level)], EU, second * 1000)
      .map(({ what }) => what)
      .filter((what) => what !== 'same')
}

describe('an alert', () => {
  test('fires when its level has been high for long enough, and once', () => {
    const at = engineAt()
    expect(at(0, 100)).toEqual([])
    expect(at(9, 200)).toEqual([])
    expect(at(10, 150)).toEqual(['fired'])
    expect(at(11, 150)).toEqual([])
  })
  test('does not fire when its level sank before its time', () => {
    const at = engineAt()
    at(0, 100)
    expect(at(5, 50)).toEqual([])
    expect(at(11, 100)).toEqual([])
    expect(at(21, 100)).toEqual(['fired'])
  })
  test('stays while the level goes to and fro above the lower mark', () => {
    const at = engineAt()
    at(0, 100)
    at(10, 100)
    for (let second = 11; second < 200; second += 7)
      expect(at(second, second % 2 === 0 ? 11 : 500)).toEqual([])
  })
  test('is over when its level has been low for long enough; a relapse begins that time anew', () => {
    const at = engineAt()
    at(0, 100)
    at(10, 100)
    expect(at(20, 5)).toEqual([])
    expect(at(40, 50)).toEqual([])
    expect(at(41, null)).toEqual([])
    expect(at(70, null)).toEqual([])
    expect(at(71, null)).toEqual(['resolved'])
    expect(at(72, null)).toEqual([])
  })
  test('becomes critical once, and does not become a warning again by itself', () => {
    const at = engineAt()
    at(0, 100)
    at(10, 100)
    expect(at(11, 1_000)).toEqual(['worse'])
    expect(at(12, 100)).toEqual([])
    expect(at(13, 1_000)).toEqual([])
  })
  test('of a region that is not heard stays as it is', () => {
    const engine = new AlertEngine(RULES)
    engine.restore(queue(100), 'warning')
    for (const second of [0, 100, 1_000]) expect(engine.step([], new Set(), second * 1000)).toEqual([])
    engine.step([], EU, 2_000_000)
    expect(engine.step([], EU, 2_030_000)).toMatchObject([{ what: 'resolved' }])
  })
})

test('fires and resolves in turn, whatever the levels do', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20_000), fc.nat(2_000))), (steps) => {
      const engine = new AlertEngine(RULES)
      let [now, isFiring] = [0, false]
      for (const [ms, level] of steps) {
        now += ms
        for (const { what } of engine.step([queue(level)], EU, now)) {
          if (what === 'fired') expect(isFiring).toBe(false)
          if (what === 'resolved' || what === 'worse' || what === 'same') expect(isFiring).toBe(true)
          if (what === 'fired') isFiring = true
          if (what === 'resolved') isFiring = false
        }
      }
    }),
  )
})

test('every rule clears no higher than it raises, and a level that is set clears in proportion', () => {
  for (const { raise, clear, criticalAt } of Object.values(RULES_DEFAULT)) {
    expect(clear).toBeLessThanOrEqual(raise)
    expect(criticalAt).toBeGreaterThanOrEqual(raise)
  }
  expect(rulesWith({ 'queue-lag': { raise: 20_000 } })['queue-lag']).toMatchObject({
    raise: 20_000,
    clear: 2_000,
    criticalAt: 2_000_000,
  })
})
