import { constants, setPriority } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { invariant } from '../../shared/kernel/invariant.ts'
import { answerQuestions } from '../../shared/node/asked-thread.ts'
import { JournalIndex } from './journal-index.ts'
import { JournalRows } from './journal-rows.ts'
import { JournalSearch } from './journal-search.ts'

/** A long journal that has no index yet is taken in by slices, so that whoever asks is answered between them. */
const SLICE_MS = 50
const PAUSE_MS = 50
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

function keepUp(): void {
  setTimeout(keepUp, index.advance(SLICE_MS) ? IDLE_MS : PAUSE_MS)
}
keepUp()

answerQuestions(parentPort, (question: Parameters<typeof search.find>[0]) => {
  index.advance(SLICE_MS)
  return search.find(question)
})
