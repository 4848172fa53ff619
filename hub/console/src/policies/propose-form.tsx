import { type FormEvent, type ReactNode, useState } from 'react'
import { useLocation } from 'wouter'
import type { GovernedPolicy } from '../../../../shared/contract/governed-policy-api.ts'
import { Field, SelectField } from '../parts/field.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { mayAct, usePerson } from '../session/use-person.ts'
import { KINDS } from './policy-kinds.ts'
import { PreviewPanel } from './policy-preview.tsx'
import { LOCAL_WORDS } from './policy-words.ts'
import { RuleEditor, ruleOf } from './rule-editor.tsx'
import { type PolicyName, useDraft } from './use-draft.ts'

type LocalChanges = GovernedPolicy['localChanges']
const LOCAL_CHANGES = Object.entries(LOCAL_WORDS) as [LocalChanges, string][]

type Named = { readonly name: PolicyName; readonly inForce: GovernedPolicy | null }

/** Written and tried by whoever may propose it; to others it is said what they lack. */
export function ProposeForm({ name, inForce }: Named): ReactNode {
  const person = usePerson()
  if (person === null) return null
  if (mayAct(person, 'operator', name.region === '*' ? null : name.region))
    return <Draft name={name} inForce={inForce} />
  const where = name.region === '*' ? 'in all regions' : `in the region ${name.region}`
  return <p className="nothing">To propose it one needs the role operator {where}.</p>
}

function Draft({ name, inForce }: Named): ReactNode {
  const [, goTo] = useLocation()
  const draft = useDraft(name)
  const [text, setText] = useState(() => JSON.stringify(inForce?.body ?? KINDS[name.kind].example, null, 2))
  const [reason, setReason] = useState('')
  const [localChanges, setLocalChanges] = useState<LocalChanges>(inForce?.localChanges ?? 'narrower')
  const body = ruleOf(text)

  const onSubmit = async (event: FormEvent) => {
    event.preventDefault()
    if (body === null) return
    const id = await draft.propose({ body, reason, localChanges, basedOn: inForce?.version ?? 0 })
    if (id !== null) goTo(`/policies/${id}`)
  }
  const onText = (changed: string) => {
    setText(changed)
    draft.forget()
  }
  return (
    <div className="split">
      <form className="panel" aria-label="The next version" noValidate onSubmit={(it) => void onSubmit(it)}>
        <RuleEditor text={text} errors={draft.ruleErrors} onText={onText} />
        <SelectField
          label="A region may still change by itself"
          options={LOCAL_CHANGES}
          value={localChanges}
          onChoose={setLocalChanges}
        />
        <Field label="Reason">
          {(id) => (
            <input
              id={id}
              type="text"
              maxLength={512}
              autoComplete="off"
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        <ProblemNote problem={draft.problem} />
        <div className="buttons">
          <button
            type="button"
            disabled={draft.isAsking || body === null}
            onClick={() => body && void draft.tryIt(body)}
          >
            See what would change
          </button>
          <button
            type="submit"
            className="primary"
            disabled={draft.isAsking || body === null || reason.trim() === ''}
          >
            {draft.isAsking ? 'Asking …' : 'Propose it'}
          </button>
        </div>
        <p className="hint">A proposal says why, and changes nothing until it is activated.</p>
      </form>
      {draft.tried === null ? (
        <p className="nothing">What would change for which skus is shown here, before anything is said.</p>
      ) : (
        <PreviewPanel regions={draft.tried} />
      )}
    </div>
  )
}
