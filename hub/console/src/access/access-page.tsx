import { type ReactNode, useState } from 'react'
import type { ToldToken } from '../../../../shared/contract/access-api.ts'
import { useAsked } from '../api/use-asked.ts'
import type { Token } from '../../../../shared/contract/access-api.ts'
import { Facts } from '../parts/facts.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { mayAct, usePerson } from '../session/use-person.ts'
import { grantWords } from './grant-words.ts'
import { NewToken } from './new-token.tsx'
import { TokenList } from './token-list.tsx'

/** Who one is here, and, for admins, who else may what by a token. */
export default function AccessPage(): ReactNode {
  const person = usePerson()
  const isAdmin = mayAct(person, 'admin', null)
  const { data, problem, reload } = useAsked<{ tokens: Token[] }>(isAdmin ? '/v1/tokens' : null)
  const [told, setTold] = useState<ToldToken | null>(null)
  if (person === null) return <p className="waiting">Asking the centre …</p>
  const onTold = (token: ToldToken) => {
    setTold(token)
    reload()
  }
  return (
    <>
      <PageHead title="Access" hint="Who you are here, and who else may what." />
      <section className="panel" aria-labelledby="me">
        <h2 id="me">You</h2>
        <Facts
          facts={[
            ['Known as', person.id],
            ['Name', person.name],
            ['Signed in by', person.via],
            ['May', grantWords(person.grants)],
          ]}
        />
      </section>
      {!isAdmin && <p className="nothing">Tokens are made and ended by admins of all regions.</p>}
      <ProblemNote problem={problem} />
      {told !== null && <Told token={told} onGone={() => setTold(null)} />}
      {isAdmin && (
        <>
          <TokenList tokens={data?.tokens ?? []} onChanged={reload} onTold={onTold} />
          <NewToken onTold={onTold} />
        </>
      )}
    </>
  )
}

/** A token is shown this once: the centre keeps its hash alone. */
function Told({ token: { name, token }, onGone }: { token: ToldToken; onGone: () => void }): ReactNode {
  return (
    <section className="panel calling" aria-labelledby="told">
      <h2 id="told">The token of {name}</h2>
      <p>
        <code className="secret">{token}</code>
      </p>
      <p className="hint">Give it to {name} now, by a way that nobody else sees: it is not told again.</p>
      <button type="button" onClick={onGone}>
        I have it
      </button>
    </section>
  )
}
