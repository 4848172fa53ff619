import type { ReactNode } from 'react'
import type { ToldToken } from '../../../../shared/contract/access-api.ts'
import { send } from '../api/send.ts'
import { ActForm } from '../parts/act-form.tsx'
import { Field, SelectField } from '../parts/field.tsx'
import { useWhere } from '../shell/where.ts'

const ROLES = [
  ['viewer', 'viewer: looks'],
  ['operator', 'operator: acts and proposes'],
  ['approver', 'approver: agrees to what others propose'],
  ['admin', 'admin: says who may what'],
] as const
const DAYS = [
  ['90', '90 days'],
  ['30', '30 days'],
  ['7', 'a week'],
  ['366', 'a year'],
] as const

/** Lets a person or a script in. One name is one person, however many tokens it has. */
export function NewToken({ onTold }: { onTold: (token: ToldToken) => void }): ReactNode {
  const { regions } = useWhere()
  const make = (form: FormData) => {
    const name = String(form.get('name')).trim()
    if (name === '') return 'Whose is it to be? Give it a name.'
    const region = String(form.get('region'))
    const grants = [{ role: String(form.get('role')), regions: region === '*' ? '*' : [region] }]
    return send<ToldToken>('POST', '/v1/tokens', { name, grants, expiresInDays: Number(form.get('days')) })
  }
  return (
    <section className="panel" aria-label="Let somebody in">
      <ActForm
        title="Let somebody in"
        hint="Two tokens of one name are one person: give each person one name, and no name to two."
        button="Make a token"
        reason="none"
        isMain
        act={(_reason, form) => make(form)}
        onDone={onTold}
      >
        <div className="filters">
          <Field label="Name">
            {(id) => (
              <input id={id} name="name" type="text" maxLength={64} autoComplete="off" spellCheck={false} />
            )}
          </Field>
          <SelectField label="Role" name="role" options={ROLES} />
          <SelectField
            label="In"
            name="region"
            options={[['*', 'all regions'], ...regions.map((it) => [it, it] as const)]}
          />
          <SelectField label="Good for" name="days" options={DAYS} />
        </div>
      </ActForm>
    </section>
  )
}
