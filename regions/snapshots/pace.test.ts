import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

const A = { windowMs: 250, freshForMs: 5_000 }

test('windows are as set while pushes are quick, grow with slow pushes, and never past a quarter of the freshness', () => {
  const pace = new Pace()
  pace.noteMs(20)
  expect(pace.windowMs(A)).toBe(250)
  pace.noteMs(400)
  expect(pace.windowMs(A)).toBe(800)
  pace.noteMs(10_000)
  expect(pace.windowMs(A)).toBe(1_250)
})

test('a slow push is believed at once, and forgotten after some quick ones', () => {
  const pace = new Pace()
  pace.noteMs(400)
  pace.noteMs(20)
  expect(pace.windowMs(A)).toBeGreaterThan(600)
  for (let n = 0; n < 10; n++) pace.noteMs(20)
  expect(pace.windowMs(A)).toBe(250)
})
