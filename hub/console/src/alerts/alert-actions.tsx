import type { ReactNode } from 'react'
import type * as z from 'zod'
import type { AlertWithHistory } from '../../../../shared/contract/alert-api.ts'
import { send } from '../api/send.ts'
import { ActForm } from '../parts/act-form.tsx'
import { mayAct, usePerson } from '../session/use-person.ts'
import { SilenceMinutes } from './silence-minutes.tsx'

export type AlertStory = z.infer<typeof AlertWithHistory>

/** What whoever is signed in may do: say that it is seen, take it, or have nobody called for it for a while. */
export function AlertActions({
  alert,
  onDone,
}: {
  alert: AlertStory
  onDone: (words: string) => void
}): ReactNode {
  const person = usePerson()
  if (person === null) return null
  const isMine = alert.owner === person.id
  const step = (name: string, json: object) =>
    send<AlertStory>('POST', `/v1/alerts/${encodeURIComponent(alert.id)}/${name}`, json)
  const isOver = alert.state === 'resolved'
  return (
    <section className="panel acts" aria-labelledby="acts">
      <h2 id="acts">Who sees to it</h2>
      {isOver && <p className="soft">It is over. What comes of it again is a new alert.</p>}
      {!mayAct(person, 'operator', alert.region) ? (
        <p className="soft">
          You may look. To act, ask an admin for the role operator in the region {alert.region}.
        </p>
      ) : (
        <>
          {!isOver && alert.acknowledged === null && (
            <ActForm
              title="I have seen it"
              hint="Nobody is called for it again, unless it becomes worse."
              button="Acknowledge"
              reason="welcome"
              isMain
              act={(note) => step('acknowledge', { note })}
              onDone={() => onDone('Acknowledged: nobody is called for it again.')}
            />
          )}
          <ActForm
            title="Owner"
            hint={alert.owner === null ? 'Nobody looks after it.' : `${alert.owner} looks after it.`}
            button={isMine ? 'Give it back' : 'Take it'}
            reason="none"
            act={() => step('own', { owner: isMine ? null : person.id })}
            onDone={() => onDone(isMine ? 'Given back.' : 'You look after it now.')}
          />
          {!isOver && (
            <ActForm
              title="Silence"
              hint="Nobody is called for this very thing for so long. It is shown all the same."
              button="Silence it"
              reason="needed"
              act={(reason, form) => step('silence', { reason, minutes: Number(form.get('minutes')) })}
              onDone={() => onDone('Silenced: what still fires when that ends is told then.')}
            >
              <SilenceMinutes />
            </ActForm>
          )}
        </>
      )}
    </section>
  )
}
