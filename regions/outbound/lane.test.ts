import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../shared/kernel/random.ts'
import { Lane } from './lane.ts'

const lane = (limits: Partial<Lane['limits']> = {}): Lane =>
  new Lane({ perSecond: 10, burst: 3, concurrency: 2, ...limits }, 0, seededRandom('lane'))

describe('the way to a system', () => {
  test('keeps to its rate, and lets a burst through after a pause', () => {
    const it = lane({ concurrency: 9 })
    expect([0, 0, 0, 0, 99, 100, 150, 200].map((now) => it.take(now))).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      false,
      true,
    ])
    expect([9_000, 9_000, 9_000, 9_000].map((now) => it.take(now))).toEqual([true, true, true, false])
  })

  test('says when the next call may go, and gives back a place that was not used', () => {
    const it = lane({ burst: 1, concurrency: 9 })
    expect([it.freeInMs(0), it.take(0), it.freeInMs(0), it.freeInMs(40)]).toEqual([0, true, 100, 60])
    it.unused()
    expect(it.take(40)).toBe(true)
    it.throttled(40, 5_000)
    expect(it.freeInMs(1_040)).toBe(4_000)
  })

  test('has so many calls under way and no more', () => {
    const it = lane({ burst: 9 })
    expect([it.take(0), it.take(0), it.take(0)]).toEqual([true, true, false])
    it.answered()
    expect(it.take(0)).toBe(true)
  })

  test('waits as long as it is told to', () => {
    const it = lane()
    it.take(0)
    it.throttled(0, 5_000)
    expect([it.stateAt(4_999), it.take(4_999), it.take(5_000), it.stateAt(5_000)]).toEqual([
      'throttled',
      false,
      true,
      'open',
    ])
  })

  test('while it is down asks with one call at a time, ever more rarely, until it answers', () => {
    const it = lane({ perSecond: 1_000, burst: 1_000 })
    let [now, asked] = [0, 0]
    while (now < 600_000) {
      if (it.take(now)) {
        asked++
        expect(it.take(now)).toBe(asked === 1)
        if (asked === 1) it.failed(now)
        it.failed(now)
      }
      now += 50
    }
    expect(it.stateAt(now)).toBe('down')
    // Ten minutes at half of 30 s a time, and the quick ones before.
    expect(asked).toBeGreaterThan(20)
    expect(asked).toBeLessThan(120)
    now += 30_000
    it.take(now)
    it.answered()
    expect([it.stateAt(now), it.take(now), it.take(now)]).toEqual(['open', true, true])
  })
})
