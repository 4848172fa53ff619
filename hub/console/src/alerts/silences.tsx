import { type ReactNode, useState } from 'react'
import type { Problem } from '../../../../shared/contract/problem.ts'
import type { Silence } from '../../../../shared/contract/alert-api.ts'
import { send } from '../api/send.ts'
import { useAsked } from '../api/use-asked.ts'
import { ActForm } from '../parts/act-form.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Field, SelectField } from '../parts/field.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { When } from '../parts/when.tsx'
import { mayAct, usePerson } from '../session/use-person.ts'
import { ALERT_KINDS } from './alert-words.ts'
import { SilenceMinutes } from './silence-minutes.tsx'

const EVERY_MS = 10_000

/** Of what nobody is told for a while; ended early, and a new one made for planned work. */
export function Silences({ regions }: { regions: readonly string[] }): ReactNode {
  const { data, problem, reload } = useAsked<{ silences: Silence[] }>('/v1/alerts/silences', {
    everyMs: EVERY_MS,
  })
  const [refusal, setRefusal] = useState<Problem | null>(null)
  const person = usePerson()
  const end = async (id: string) => {
    const answered = await send('DELETE', `/v1/alerts/silences/${encodeURIComponent(id)}`)
    setRefusal(answered.ok ? null : answered.problem)
    reload()
  }
  const mine = regions.filter((it) => mayAct(person, 'operator', it))
  return (
    <>
      <ProblemNote problem={problem ?? refusal} />
      <DataTable
        title="Silences"
        rows={data?.silences ?? []}
        rowKey={({ id }) => id}
        empty="None: people are called for all that fires."
        columns={[
          { name: 'Kind', cell: ({ kind }) => kind ?? 'any' },
          { name: 'Region', cell: ({ region }) => region ?? 'all' },
          { name: 'About', kind: 'code', cell: ({ subject }) => subject ?? 'anything' },
          { name: 'Ends', cell: ({ until }) => <When at={until} /> },
          { name: 'By', kind: 'code', cell: ({ by }) => by },
          { name: 'Because', kind: 'prose', cell: ({ reason }) => reason },
          {
            name: 'End it',
            cell: ({ id, region }) =>
              mayAct(person, 'operator', region) && (
                <button type="button" onClick={() => void end(id)}>
                  End it now
                </button>
              ),
          },
        ]}
      />
      {mine.length > 0 && (
        <details className="behind">
          <summary>Silence something beforehand</summary>
          <NewSilence regions={mine} isEverywhere={mayAct(person, 'operator', null)} onDone={reload} />
        </details>
      )}
    </>
  )
}

function NewSilence({
  regions,
  isEverywhere,
  onDone,
}: {
  regions: readonly string[]
  isEverywhere: boolean
  onDone: () => void
}): ReactNode {
  const named = (form: FormData, name: string) => String(form.get(name) ?? '').trim() || undefined
  return (
    <ActForm
      title="A new silence"
      hint="For work that is planned: nobody is called for what fits all that is named."
      button="Silence it"
      reason="needed"
      act={(reason, form) =>
        send('POST', '/v1/alerts/silences', {
          kind: named(form, 'kind'),
          region: named(form, 'region'),
          subject: named(form, 'subject'),
          minutes: Number(form.get('minutes')),
          reason,
        })
      }
      onDone={onDone}
    >
      <div className="filters">
        <SelectField
          label="Kind"
          name="kind"
          options={[['', 'any'], ...ALERT_KINDS.map((it) => [it, it] as const)]}
        />
        <SelectField
          label="Region"
          name="region"
          options={[
            ...(isEverywhere ? [['', 'all'] as const] : []),
            ...regions.map((it) => [it, it] as const),
          ]}
        />
        <Field label="About (a sku, a source …)">
          {(id) => <input id={id} name="subject" type="text" maxLength={256} autoComplete="off" />}
        </Field>
        <SilenceMinutes />
      </div>
    </ActForm>
  )
}
