import { constants, setPriority } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { invariant } from '../../shared/kernel/invariant.ts'
import { answerQuestions } from '../../shared/node/asked-thread.ts'
import { JournalIndex } from './journal-index.ts'
import { JournalRows } from './journal-rows.ts'
import { JournalSearch } from './journal-search.ts'

/**
 * The journal is taken in by slices, so that whoever asks is answered between them. They are short, because on a machine of few cores
 * whoever wants to hold something waits meanwhile, and become longer while there is more: a long journal may have no index yet.
 */
const SLICE_MS_MIN = 2
const SLICE_MS_MAX = 50
const LONGER = 1.1
const PAUSE_MS = 20
const IDLE_MS = 1_000

// Of this thread alone, where the system knows that: who wants to hold something goes first.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)

const { path, indexPath } = workerData as { path: string; indexPath: string }
const rows = new JournalRows(new DatabaseSync(path, { readOnly: true }))
const derived = new DatabaseSync(indexPath)
// It can be made again from the journal: a power cut may cost its last segment.
derived.exec('PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
const index = new JournalIndex(derived, rows)
const search = new JournalSearch(rows, index)
invariant(parentPort, 'started as a worker')

function keepUp(sliceMs: number): void {
  const isUp = index.advance(sliceMs)
  const nextMs = isUp ? SLICE_MS_MIN : Math.min(SLICE_MS_MAX, sliceMs * LONGER)
  setTimeout(keepUp, isUp ? IDLE_MS : PAUSE_MS, nextMs)
}
keepUp(SLICE_MS_MIN)

answerQuestions(parentPort, (question: Parameters<typeof search.find>[0]) => {
  index.advance(SLICE_MS_MAX)
  return search.find(question)
})
