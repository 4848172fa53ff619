import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { Region } from '../../shared/domain/ids.ts'
import { invariant } from '../../shared/kernel/invariant.ts'
import { answerAt } from './answer-at.ts'
import type { AsOfRequest } from './as-of.ts'
import { RebuiltLedger } from './rebuilt-ledger.ts'

/** A thread of its own: the region’s ledger goes on while an earlier one is folded. It only reads. */
const { path, region } = workerData as { path: string; region: Region }
const rebuilt = new RebuiltLedger(new DatabaseSync(path, { readOnly: true }))
const port = parentPort
invariant(port, 'started as a worker')

port.on('message', ({ id, request, now }: { id: number; request: AsOfRequest; now: number }) => {
  port.postMessage({ id, answer: answerAt(rebuilt, region, request, now) })
})
