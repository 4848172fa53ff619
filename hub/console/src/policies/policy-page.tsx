import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { GovernedPolicy } from '../../../../shared/contract/governed-policy-api.ts'
import { diffOf } from '../../../policies/diff-of.ts'
import { query } from '../api/query.ts'
import { useAsked } from '../api/use-asked.ts'
import { Facts } from '../parts/facts.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { useDone } from '../parts/use-done.tsx'
import { When } from '../parts/when.tsx'
import { usePathParam } from '../shell/path-param.ts'
import { FieldDiff } from './field-diff.tsx'
import { PolicyActions, type PolicyStory } from './policy-actions.tsx'
import { KINDS } from './policy-kinds.ts'
import { PolicyState } from './policy-state.tsx'
import { PolicyVersions } from './policy-versions.tsx'
import { forWords, LOCAL_WORDS, policyTitle } from './policy-words.ts'

const EVERY_MS = 5_000

/** One version of a policy: what it says, against what, and what may be done with it. */
export default function PolicyPage(): ReactNode {
  const id = usePathParam('id')
  const asked = useAsked<PolicyStory>(`/v1/policies/${encodeURIComponent(id)}`, { everyMs: EVERY_MS })
  const story = asked.data
  const name =
    story && query({ region: story.policy.region, kind: story.policy.kind, scope: story.policy.scope })
  const history = useAsked<{ versions: GovernedPolicy[] }>(name && `/v1/policies/history${name}`, {
    everyMs: EVERY_MS,
  })
  const versions = history.data?.versions ?? []
  const [done, onDone] = useDone(asked.reload, history.reload)
  return (
    <>
      <PageHead
        title={story === null ? 'Policy' : policyTitle(story.policy)}
        hint={story === null ? id : `Version ${story.policy.version}. ${KINDS[story.policy.kind].says}`}
      >
        <Link href="/policies">Back to all policies</Link>
      </PageHead>
      <ProblemNote problem={asked.problem} />
      {done}
      {story !== null && (
        <div className="split">
          <div className="stack">
            <Told policy={story.policy} />
            <Difference story={story} versions={versions} />
            <PolicyVersions versions={versions} shown={id} />
          </div>
          <PolicyActions key={id} story={story} onDone={onDone} />
        </div>
      )}
    </>
  )
}

function Told({ policy }: { policy: GovernedPolicy }): ReactNode {
  const { approver, decidedAt, decisionReason, revision, rollbackOf } = policy
  return (
    <section className="panel" aria-labelledby="says">
      <h2 id="says">What it says</h2>
      <pre className="payload" tabIndex={0}>
        {JSON.stringify(policy.body, null, 2)}
      </pre>
      <Facts
        facts={[
          ['State', <PolicyState key="state" policy={policy} />],
          ['For', forWords(policy.region)],
          ['Scope', policy.scope],
          ['Regions may change', LOCAL_WORDS[policy.localChanges]],
          ['Proposed by', policy.author],
          ['Proposed', <When key="at" at={policy.proposedAt} />],
          ['Because', policy.reason],
          ...(rollbackOf === null ? [] : [['Brings back version', rollbackOf] as const]),
          ...(approver === null ? [] : [['Decided by', approver] as const]),
          ...(decidedAt === null ? [] : [['Decided', <When key="decided" at={decidedAt} />] as const]),
          ...(decisionReason === null ? [] : [['With the words', decisionReason] as const]),
          ...(revision === null ? [] : [['Revision', revision] as const]),
        ]}
      />
    </section>
  )
}

/** Against what is in force; of what is in force itself, against what was before. */
function Difference({
  story,
  versions,
}: {
  story: PolicyStory
  versions: readonly GovernedPolicy[]
}): ReactNode {
  const { policy, inForce, diff } = story
  if (policy.id !== inForce?.id)
    return (
      <FieldDiff
        title={
          inForce === null
            ? 'What it would change: nothing is in force'
            : `What it would change of version ${inForce.version}, which is in force`
        }
        diff={diff}
      />
    )
  const before = versions.find(({ version }) => version === policy.basedOn)
  return (
    <FieldDiff
      title={
        before === undefined
          ? 'What it changed: it is the first'
          : `What it changed of version ${before.version}`
      }
      diff={diffOf(before?.body ?? {}, policy.body)}
    />
  )
}
