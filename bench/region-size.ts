import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figure.ts'
import { median } from './median.ts'
import type { Filled, Opened } from './region-child.ts'
import { factsIn, NODES, type Size } from './region-story.ts'

const FULL: Size = { skus: 1_000_000, orders: 100_000, movements: 1_000_000 }
const QUICK: Size = { skus: 100_000, orders: 10_000, movements: 100_000 }
const OPENINGS = 3

/**
 * Claims: a million skus at five nodes live in one process of at most 2.5 GB; a new process answers from the checkpoint
 * in under 20 s; a query of a thousand skus takes under 10 ms. Each is measured in a process of its own.
 */
export async function run({ quick }: { readonly quick: boolean }): Promise<Figure[]> {
  const size = quick ? QUICK : FULL
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  try {
    const filled = inChild<Filled>('fill', folder, size)
    const openings = Array.from({ length: quick ? 1 : OPENINGS }, () => inChild<Opened>('open', folder, size))
    const of = (pick: (opened: Opened) => number): number => median(openings.map(pick))
    const region = `${readable(size.skus)} skus at ${NODES.length} nodes`
    const figure = (name: string, value: number, unit: string): Figure => ({
      bench: 'region-size',
      figure: name,
      value,
      unit,
    })
    return [
      figure(`${region}: memory after ${readable(factsIn(size))} facts, collected`, filled.rssMb, 'MB'),
      figure(`${region}: memory at most, while they came`, filled.rssMbMax, 'MB'),
      figure(`${region}: facts folded and journaled`, filled.factsPerSecond, 'facts/s'),
      figure(
        `${region}: a new process answers, its tail of ${readable(filled.tail)} facts folded`,
        of((it) => it.readyMs) / 1000,
        's',
      ),
      figure(
        `${region}: memory of the new process, at most`,
        of((it) => it.rssMbMax),
        'MB',
      ),
      {
        ...figure(
          'a query of 1000 skus, p50',
          of((it) => it.queryMs50),
          'ms',
        ),
        floor: of((it) => it.jsonMs50),
        ratio: of((it) => it.queryMs50 / it.jsonMs50),
      },
      figure(
        'a query of 1000 skus, p99',
        of((it) => it.queryMs99),
        'ms',
      ),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function inChild<T>(does: 'fill' | 'open', folder: string, size: Size): T {
  const script = join(import.meta.dirname, 'region-child.ts')
  const answer = execFileSync(process.execPath, ['--expose-gc', script, does, folder, JSON.stringify(size)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 1_200_000,
  })
  return JSON.parse(answer) as T
}

const readable = (n: number): string => n.toLocaleString('en')
