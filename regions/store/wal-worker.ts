import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { invariant } from '../../shared/kernel/invariant.ts'
import { answerQuestions } from '../../shared/node/asked-thread.ts'

/** So few pages take a millisecond or two, besides the sync. */
const PAGES_LEFT_FEW = 16
const ROUNDS_MAX = 8

const { path } = workerData as { path: string }
const fold = new DatabaseSync(path).prepare('PRAGMA wal_checkpoint(PASSIVE)')
invariant(parentPort, 'started as a worker')

/** Round by round there is less that came meanwhile. Answers how long the WAL is: what is folded stays in it until it begins anew. */
answerQuestions(parentPort, () => {
  let [pages, folded] = [0, 0]
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = folded
    const row = fold.get()!
    pages = row['log'] as number
    folded = row['checkpointed'] as number
    if (pages - before <= PAGES_LEFT_FEW) break
  }
  return { pages }
})
