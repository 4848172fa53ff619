import { type ReactNode, useState } from 'react'
import type { FeedStatus } from '../../../../shared/contract/feed-api.ts'
import type { Problem } from '../../../../shared/contract/problem.ts'
import { regionPath } from '../api/region-path.ts'
import { send } from '../api/send.ts'
import { ProblemNote } from '../parts/problem-note.tsx'

type Step = 'pause' | 'resume' | 'resend'

const DONE: Readonly<Record<Step, string>> = {
  pause: 'is told nothing until it is resumed.',
  resume: 'is told again.',
  resend: 'is told anew of everything that it lists.',
}

/** What an operator does about a feed; who may not is offered nothing. */
export function FeedActs({
  region,
  feed: { channel, status },
  isOffered,
  onDone,
}: {
  region: string
  feed: FeedStatus
  isOffered: boolean
  onDone: (words: string) => void
}): ReactNode {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  if (!isOffered) return null
  const act = async (step: Step) => {
    setIsBusy(true)
    const answered = await send(
      'POST',
      regionPath(region, `/v1/feeds/${encodeURIComponent(channel)}/${step}`),
      {},
    )
    setIsBusy(false)
    setProblem(answered.ok ? null : answered.problem)
    if (answered.ok) onDone(`${channel} in ${region} ${DONE[step]}`)
  }
  const button = (step: Step, words: string) => (
    <button
      type="button"
      disabled={isBusy}
      aria-label={`${words} ${channel} in ${region}`}
      onClick={() => void act(step)}
    >
      {words}
    </button>
  )
  return (
    <span className="acts">
      {status === 'paused' ? button('resume', 'Resume') : button('pause', 'Pause')}
      {button('resend', 'Resend')}
      <ProblemNote problem={problem} />
    </span>
  )
}
