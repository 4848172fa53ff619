import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { Region } from '../../shared/domain/ids.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { invariant } from '../../shared/kernel/invariant.ts'
import { answerQuestions } from '../../shared/node/asked-thread.ts'
import { type AsOfAnswer, answerAt } from './answer-at.ts'
import type { AsOfRequest } from './as-of.ts'
import { RebuiltLedger } from './rebuilt-ledger.ts'

/** A thread of its own: the region’s ledger goes on while an earlier one is folded. It only reads. */
const { path, region } = workerData as { path: string; region: Region }
const rebuilt = new RebuiltLedger(new DatabaseSync(path, { readOnly: true }))
invariant(parentPort, 'started as a worker')

answerQuestions<{ request: AsOfRequest; now: Instant }, AsOfAnswer>(parentPort, ({ request, now }) =>
  answerAt(rebuilt, region, request, now),
)
