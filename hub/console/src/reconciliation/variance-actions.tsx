import { type ReactNode, useId } from 'react'
import type { Variance, VarianceAction, VarianceProposal } from '../../../../shared/contract/variance-api.ts'
import type { Person } from '../../../access/role.ts'
import type { Answered } from '../api/request.ts'
import { send } from '../api/send.ts'
import { ActForm } from '../parts/act-form.tsx'
import { When } from '../parts/when.tsx'
import { mayAct, usePerson } from '../session/use-person.ts'
import { signedWords } from '../words/numbers.ts'

type Done = (words: string) => void
type Part = { readonly variance: Variance; readonly person: Person; readonly onDone: Done }

/** What can be done about it as it is now, by whoever is signed in. */
export function VarianceActions({ variance, onDone }: { variance: Variance; onDone: Done }): ReactNode {
  const person = usePerson()
  if (person === null) return null
  const isOperator = mayAct(person, 'operator', variance.region)
  const can = (action: VarianceAction) => isOperator && variance.actions.includes(action)
  const part = { variance, person, onDone }
  return (
    <section className="panel acts" aria-labelledby="acts">
      <h2 id="acts">What to do</h2>
      {variance.proposal !== null && <Proposal proposal={variance.proposal} />}
      {!isOperator && (
        <p className="soft">
          You may look. To act, ask an admin for the role operator in the region {variance.region}.
        </p>
      )}
      {isOperator && variance.actions.length === 0 && (
        <p className="soft">
          {variance.isSettled
            ? 'It is closed: nothing is left to be done.'
            : 'It may still be in flight. Wait until its tier’s cadence has passed.'}
        </p>
      )}
      {can('approve') && <Approve {...part} />}
      {can('reject') && <Reject {...part} />}
      {can('correct') && <Correct {...part} />}
      {can('repair') && <Repair {...part} />}
      {can('accept') && <Accept {...part} />}
      {isOperator && <Own {...part} />}
    </section>
  )
}

const step = (variance: Variance, name: string, json: object): Promise<Answered<Variance>> =>
  send<Variance>('POST', `/v1/variances/${encodeURIComponent(variance.id)}/${name}`, json)

function Proposal({ proposal }: { proposal: VarianceProposal }): ReactNode {
  const { status, delta, author, reason, at, limitUnits, decidedBy } = proposal
  return (
    <div className="proposal">
      <h3>Proposed correction</h3>
      <p>
        <strong>{signedWords(delta)}</strong> by <code>{author}</code>, <When at={at} />: {reason}
      </p>
      <p className="hint">
        {status === 'waiting'
          ? `It waits for a second person: up to ${limitUnits} units one person corrects alone there.`
          : `It was ${status}${decidedBy === null ? '' : ` by ${decidedBy}`}.`}
      </p>
    </div>
  )
}

function Approve({ variance, person, onDone }: Part): ReactNode {
  if (!mayAct(person, 'approver', variance.region))
    return <p className="soft">An approver of the region {variance.region} has to agree to it.</p>
  if (person.id === variance.proposal?.author)
    return <p className="soft">You proposed it, so somebody else has to agree to it.</p>
  return (
    <ActForm
      title="Approve"
      hint="The region moves its ledger, and the edge follows."
      button="Approve the correction"
      reason="welcome"
      isMain
      act={(reason) => step(variance, 'approve', reason === '' ? {} : { reason })}
      onDone={() => onDone('Approved: the ledger is corrected.')}
    />
  )
}

function Reject({ variance, onDone }: Part): ReactNode {
  return (
    <ActForm
      title="Reject"
      hint="The proposal ends without effect; the variance stays open."
      button="Reject the correction"
      reason="welcome"
      act={(reason) => step(variance, 'reject', reason === '' ? {} : { reason })}
      onDone={() => onDone('Rejected: nothing was changed.')}
    />
  )
}

const WHOLE = /^[+−-]?\d{1,15}$/

function Correct({ variance, onDone }: Part): ReactNode {
  const id = useId()
  return (
    <ActForm
      title="Correct the ledger"
      hint={`${variance.subject} of ${variance.sku} is moved by this. Above the region's limit it waits for a second person.`}
      button="Propose the correction"
      reason="needed"
      isMain
      act={(reason, form) => {
        const text = String(form.get('delta')).trim()
        const delta = Number(text.replace('−', '-'))
        if (!WHOLE.test(text) || delta === 0)
          return 'By how many units? A whole number other than 0, such as -3.'
        return step(variance, 'correct', { reason, delta })
      }}
      onDone={(after) =>
        onDone(
          after.proposal?.status === 'waiting'
            ? 'Proposed: it waits for a second person to approve it.'
            : 'Corrected: it was within the limit of one person.',
        )
      }
    >
      <div className="field">
        <label htmlFor={id}>Units more or less</label>
        <input
          id={id}
          type="text"
          inputMode="numeric"
          name="delta"
          defaultValue={String(variance.difference)}
          autoComplete="off"
        />
      </div>
    </ActForm>
  )
}

const REPAIRS = {
  edge: {
    hint: 'The region sends the shard to the edge again. It closes when both agree, within seconds.',
    button: 'Send the shard again',
    done: 'Sent again: the next comparison tells whether both agree.',
  },
  journal: {
    hint: 'The centre reads this stretch of the region’s journal again, and has what the region has then.',
    button: 'Read the journal again',
    done: 'Read again: the history says what was put right.',
  },
} as const

function Repair({ variance, onDone }: Part): ReactNode {
  const { hint, button, done } = REPAIRS[variance.kind === 'journal' ? 'journal' : 'edge']
  return (
    <ActForm
      title="Repair"
      hint={hint}
      button={button}
      reason="none"
      isMain
      act={() => step(variance, 'repair', {})}
      onDone={() => onDone(done)}
    />
  )
}

function Accept({ variance, onDone }: Part): ReactNode {
  return (
    <ActForm
      title="Let it be"
      hint="Closes it. It is opened again when it becomes another difference."
      button="Accept the difference"
      reason="needed"
      act={(reason) => step(variance, 'accept', { reason })}
      onDone={() => onDone('Accepted: the difference stays as it is.')}
    />
  )
}

function Own({ variance, person, onDone }: Part): ReactNode {
  const isMine = variance.owner === person.id
  return (
    <ActForm
      title="Owner"
      hint={variance.owner === null ? 'Nobody looks after it.' : `${variance.owner} looks after it.`}
      button={isMine ? 'Give it back' : 'Take it'}
      reason="none"
      act={() => step(variance, 'own', { owner: isMine ? null : person.id })}
      onDone={() => onDone(isMine ? 'Given back.' : 'You look after it now.')}
    />
  )
}
