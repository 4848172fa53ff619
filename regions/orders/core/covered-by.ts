import type { DemandLine, LineWork } from '../../ledger/core/demand-line.ts'

/** Which nodes are to serve a line, and how much of it each. */
export type Assigned = NonNullable<DemandLine['sourcing']>['nodes']

/** How much of a line its nodes serve: what was assigned to each and found there, or what it did beyond that. */
export function coveredBy(assigned: Assigned, work: ReadonlyMap<number, Readonly<LineWork>>): number {
  const at = new Map(assigned.map(({ node, quantity }) => [node, quantity]))
  let covered = 0
  for (const node of new Set([...at.keys(), ...work.keys()])) {
    const { picked = 0, shipped = 0, short = 0 } = work.get(node) ?? {}
    covered += Math.max((at.get(node) ?? 0) - short, picked, shipped)
  }
  return covered
}
