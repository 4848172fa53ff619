import type { Logger } from 'pino'
import { factsSubject } from '../../shared/contract/subjects.ts'
import type { Bus } from '../../shared/node/nats.ts'
import { factsIn } from './journal-body.ts'
import type { Journal } from './journal.ts'

/** Under way at a time: enough to be quick, little enough to leave the way to others. */
const AT_ONCE = 100

/**
 * Publishes again what FACTS had lost, from the journal, so that the centre and a standby have it too. Whoever knows a
 * fact recognises it. Answers how many messages there were.
 */
export async function refillFacts(
  bus: Bus,
  region: string,
  journal: Journal,
  lost: number,
  log: Logger,
): Promise<number> {
  log.error({ lost }, 'FACTS had lost messages: publishing them again from the journal')
  let count = 0
  let under: Promise<unknown>[] = []
  for (const { entry, body } of journal.messagesOf('FACTS', lost)) {
    const source = sourceOf(body)
    if (source === null) continue
    under.push(bus.js.publish(factsSubject(region, source), body, { msgID: `refill-${entry}` }))
    count++
    if (under.length < AT_ONCE) continue
    await Promise.all(under)
    under = []
  }
  await Promise.all(under)
  log.warn({ count }, 'FACTS has its messages again')
  return count
}

/** The facts of a message are of one source. */
const sourceOf = (body: Uint8Array): string | null => factsIn(body)[0]?.source ?? null
