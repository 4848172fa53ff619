import { malformed } from '../refusals.ts'
import { at, type Segment } from './tokenize.ts'
import type { Work } from './work.ts'

/** Of the reporting codes (element 514). */
const SIMULATION = 'K'

/** An exercise is accepted and has no effect, like test traffic. */
export function isSimulation(work: Work, head: Segment | undefined): boolean {
  if (head === undefined || at(head, 1) !== SIMULATION) return false
  work.draft.warnings.push(
    `${work.where}: a simulation (${head.name}-01 is ${at(head, 1)}); it has no effect`,
  )
  return true
}

export function noLines(work: Work, name: string): void {
  const detail = `${work.where}: has no ${name} line, so it says nothing of stock; ask the sender what it is for`
  work.draft.refusals.push(malformed('no-lines', detail))
}
