import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import type { Figure } from './figure.ts'

/**
 * `npm run bench [-- --only ledger] [--quick]`: every claim with a number, a JSON line a figure, then a table. `--quick`
 * takes a tenth of the largest sizes; `--peers` measures reservations beside PostgreSQL, Redis and SQLite as well.
 */
type Bench = {
  readonly run: (options: { readonly quick: boolean; readonly peers: boolean }) => Promise<Figure[]>
}
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  ledger: () => import('./ledger.ts'),
  reservations: () => import('./reservations.ts'),
  'region-size': () => import('./region-size.ts'),
  'edge-reads': () => import('./edge-reads.ts'),
  'event-to-edge': () => import('./event-to-edge.ts'),
  'edge-cold-reads': () => import('./edge-cold-reads.ts'),
  'shard-codec': () => import('./shard-codec.ts'),
  'edge-cost': () => import('./edge-cost.ts'),
  reconcile: () => import('./reconcile.ts'),
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
  },
})
const chosen = values.only === undefined ? Object.keys(BENCHES) : values.only.split(',')
const strange = chosen.find((name) => !(name in BENCHES))
if (strange !== undefined) {
  process.stderr.write(`there is no bench ${strange}; there are ${Object.keys(BENCHES).join(', ')}\n`)
  process.exit(2)
}

const figures: Figure[] = []
for (const name of chosen) {
  process.stderr.write(`${name} …\n`)
  const { run } = await BENCHES[name]!()
  for (const figure of await run(values)) {
    figures.push(figure)
    process.stdout.write(`${JSON.stringify(figure)}\n`)
  }
}

const table = new Table({
  head: ['bench', 'figure', 'value', 'unit', 'floor', 'ratio'],
  style: { head: [], border: [] },
})
for (const { bench, figure, value, unit, floor, ratio } of figures) {
  table.push([
    bench,
    figure,
    readable(value),
    unit,
    floor === undefined ? '' : readable(floor),
    ratio === undefined ? '' : ratio.toFixed(2),
  ])
}
process.stdout.write(`${table.toString()}\n`)
process.exit(0)

function readable(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2)
}
