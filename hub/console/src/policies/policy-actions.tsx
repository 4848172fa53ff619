import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type * as z from 'zod'
import type {
  GovernedPolicy,
  PolicyAnswer,
  RegionPreview,
} from '../../../../shared/contract/governed-policy-api.ts'
import type { Problem } from '../../../../shared/contract/problem.ts'
import { query } from '../api/query.ts'
import type { Answered } from '../api/request.ts'
import { send } from '../api/send.ts'
import { ActForm } from '../parts/act-form.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import type { Person } from '../../../access/role.ts'
import { mayAct, usePerson } from '../session/use-person.ts'
import { PreviewPanel } from './policy-preview.tsx'

export type PolicyStory = z.infer<typeof PolicyAnswer>

type Part = {
  readonly policy: GovernedPolicy
  readonly person: Person
  readonly onDone: (words: string) => void
}

/** What whoever is signed in may do with this version, in the state that it is in. */
export function PolicyActions({
  story: { policy, inForce },
  onDone,
}: {
  story: PolicyStory
  onDone: (words: string) => void
}): ReactNode {
  const person = usePerson()
  if (person === null) return null
  const part = { policy, person, onDone }
  const { region, kind, scope } = policy
  const next = `/policies/new${query({ kind, scope, for: region === '*' ? null : region })}`
  return (
    <div className="stack">
      <section className="panel acts" aria-labelledby="acts">
        <h2 id="acts">What to do</h2>
        {policy.state === 'proposed' && <Activate {...part} />}
        {policy.state === 'proposed' && <Reject {...part} />}
        {policy.state === 'replaced' && inForce !== null && <RollBack {...part} inForce={inForce} />}
        {mayFor(person, 'operator', policy) && (
          <p>
            <Link href={next}>Propose the next version</Link>
          </p>
        )}
      </section>
      {policy.state === 'proposed' && mayFor(person, 'operator', policy) && <Preview policy={policy} />}
    </div>
  )
}

const mayFor = (person: Person, role: 'operator' | 'approver', { region }: GovernedPolicy): boolean =>
  mayAct(person, role, region === '*' ? null : region)
const whereWords = ({ region }: GovernedPolicy): string =>
  region === '*' ? 'in all regions' : `in the region ${region}`
const decide = (
  { id }: GovernedPolicy,
  what: 'activate' | 'reject',
  reason: string,
): Promise<Answered<GovernedPolicy>> =>
  send('POST', `/v1/policies/${id}/${what}`, reason === '' ? {} : { reason })

function Activate({ policy, person, onDone }: Part): ReactNode {
  const role = policy.needsSecondPerson ? 'approver' : 'operator'
  if (!mayFor(person, role, policy))
    return (
      <p className="soft">
        An {role} {whereWords(policy)} has to agree to it.
      </p>
    )
  if (policy.needsSecondPerson && person.id === policy.author)
    return <p className="soft">You proposed it, so somebody else has to agree to it.</p>
  return (
    <ActForm
      title={policy.needsSecondPerson ? 'Agree to it' : 'Let it count'}
      hint="The regions run it within seconds, and the edge follows."
      button="Put it into force"
      reason="welcome"
      isMain
      act={(reason) => decide(policy, 'activate', reason)}
      onDone={({ revision }) => onDone(`In force, with revision ${revision}.`)}
    />
  )
}

function Reject({ policy, person, onDone }: Part): ReactNode {
  const isAuthor = person.id === policy.author
  if (!isAuthor && !mayFor(person, 'approver', policy)) return null
  return (
    <ActForm
      title={isAuthor ? 'Take it back' : 'Reject it'}
      hint="It ends without effect, and is kept."
      button={isAuthor ? 'Take the proposal back' : 'Reject the proposal'}
      reason="needed"
      act={(reason) => decide(policy, 'reject', reason)}
      onDone={() => onDone('It came to nothing, and is kept with the reason.')}
    />
  )
}

function RollBack({ policy, person, onDone, inForce }: Part & { inForce: GovernedPolicy }): ReactNode {
  if (!mayFor(person, 'approver', policy))
    return <p className="soft">An approver {whereWords(policy)} may bring it back.</p>
  const { region, kind, scope, version: toVersion } = policy
  return (
    <ActForm
      title="Bring it back"
      hint={`In force at once, as the next version, instead of version ${inForce.version}.`}
      button={`Roll back to version ${toVersion}`}
      reason="needed"
      isMain
      act={(reason) =>
        send<GovernedPolicy>('POST', '/v1/policies:rollback', { region, kind, scope, toVersion, reason })
      }
      onDone={({ version }) => onDone(`In force again, as version ${version}.`)}
    />
  )
}

function Preview({ policy }: { policy: GovernedPolicy }): ReactNode {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [tried, setTried] = useState<readonly RegionPreview[] | null>(null)
  const [isAsking, setIsAsking] = useState(false)
  const onClick = async () => {
    setIsAsking(true)
    const answered = await send<{ regions: RegionPreview[] }>('POST', `/v1/policies/${policy.id}/preview`)
    setIsAsking(false)
    setProblem(answered.ok ? null : answered.problem)
    setTried(answered.ok ? answered.value.regions : null)
  }
  return (
    <>
      <button type="button" disabled={isAsking} onClick={() => void onClick()}>
        {isAsking ? 'Computing …' : 'See what would change'}
      </button>
      <ProblemNote problem={problem} />
      {tried !== null && <PreviewPanel regions={tried} />}
    </>
  )
}
