import type { ReactNode } from 'react'
import { Link, useParams, useSearchParams } from 'wouter'
import type { VarianceWithHistory } from '../../../../shared/contract/variance-api.ts'
import type * as z from 'zod'
import { useAsked } from '../api/use-asked.ts'
import { Facts } from '../parts/facts.tsx'
import { History } from '../parts/history.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { useDone } from '../parts/use-done.tsx'
import { When } from '../parts/when.tsx'
import { ageWords } from '../words/ages.ts'
import { signedWords, valueWords } from '../words/numbers.ts'
import { VarianceActions } from './variance-actions.tsx'
import { CLASS_WORDS, STATE_WORDS, STEP_WORDS, subjectWords, varianceTitle } from './variance-words.ts'

export type VarianceStory = z.infer<typeof VarianceWithHistory>

const REFRESH_MS = 3_000

/** One variance: why we think so, what happened to it, and what can be done about it. */
export default function VariancePage(): ReactNode {
  const { id = '' } = useParams<{ id: string }>()
  const [params] = useSearchParams()
  const asked = useAsked<VarianceStory>(`/v1/variances/${encodeURIComponent(id)}`, { everyMs: REFRESH_MS })
  const back = params.size === 0 ? '/reconciliation' : `/reconciliation?${params}`
  const variance = asked.data
  const [done, onDone] = useDone(asked.reload)
  return (
    <>
      <PageHead title={variance === null ? 'Variance' : varianceTitle(variance)} hint={`Variance ${id}`}>
        <Link href={back}>Back to all variances</Link>
      </PageHead>
      <ProblemNote problem={asked.problem} />
      {asked.isLoading && <p className="waiting">Asking the centre …</p>}
      {done}
      {variance !== null && (
        <div className="split">
          <div className="stack">
            <Summary variance={variance} />
            <section className="panel" aria-labelledby="evidence">
              <h2 id="evidence">Evidence</h2>
              <p className="soft">{CLASS_WORDS[variance.class]}</p>
              <Facts
                facts={Object.entries(variance.evidence)}
                none="Nothing was written down beside the difference."
              />
            </section>
            <History steps={variance.history} words={STEP_WORDS} />
          </div>
          <VarianceActions variance={variance} onDone={onDone} />
        </div>
      )}
    </>
  )
}

function Summary({ variance }: { variance: VarianceStory }): ReactNode {
  const state = variance.isSettled ? STATE_WORDS[variance.state] : 'still in flight'
  return (
    <section className="panel" aria-labelledby="summary">
      <h2 id="summary">What differs</h2>
      <Facts
        facts={[
          ['Region', variance.region],
          ['Kind', variance.kind],
          ['Class', <span className="tag">{variance.class}</span>],
          ['State', <span className="tag">{state}</span>],
          ['Source', variance.source],
          ['Sku', variance.sku],
          ['Node', variance.node],
          ['About', subjectWords(variance)],
          ['Difference', signedWords(variance.difference)],
          ['Value', valueWords(variance.value)],
          ['Tier', variance.tier],
          ['Opened', <When at={variance.openedAt} />],
          [variance.closedAt === null ? 'Has stood' : 'Stood', ageWords(variance.ageMs)],
          ['Owner', variance.owner ?? 'nobody'],
        ]}
      />
    </section>
  )
}
