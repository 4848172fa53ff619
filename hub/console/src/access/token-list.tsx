import { type ReactNode, useState } from 'react'
import type { Token, ToldToken } from '../../../../shared/contract/access-api.ts'
import type { Problem } from '../../../../shared/contract/problem.ts'
import { send } from '../api/send.ts'
import { DataTable } from '../parts/data-table.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { When } from '../parts/when.tsx'
import { grantWords } from './grant-words.ts'

/** Ended at once with the sessions that it opened; or followed by another, while the old one goes on for an hour. */
export function TokenList({
  tokens,
  onChanged,
  onTold,
}: {
  tokens: readonly Token[]
  onChanged: () => void
  onTold: (token: ToldToken) => void
}): ReactNode {
  const [problem, setProblem] = useState<Problem | null>(null)
  const revoke = async (id: string) => {
    const answered = await send<Token>('DELETE', `/v1/tokens/${id}`)
    setProblem(answered.ok ? null : answered.problem)
    onChanged()
  }
  const renew = async (id: string) => {
    const answered = await send<ToldToken>('POST', `/v1/tokens/${id}/rotate`, {})
    setProblem(answered.ok ? null : answered.problem)
    if (answered.ok) onTold(answered.value)
  }
  return (
    <>
      <ProblemNote problem={problem} />
      <DataTable
        title="Tokens"
        rows={tokens}
        rowKey={({ id }) => id}
        file="tokens"
        empty="None: people come in by the provider, or with the centre’s key."
        columns={[
          { name: 'Whose', cell: ({ name }) => name },
          { name: 'State', cell: (token) => <TokenState token={token} />, value: stateOf },
          { name: 'May', kind: 'prose', cell: ({ grants }) => grantWords(grants) },
          { name: 'Made by', kind: 'code', cell: ({ createdBy }) => createdBy },
          {
            name: 'Made',
            cell: ({ createdAt }) => <When at={createdAt} />,
            value: ({ createdAt }) => createdAt,
          },
          {
            name: 'Ends',
            cell: ({ expiresAt }) => <When at={expiresAt} />,
            value: ({ expiresAt }) => expiresAt,
          },
          {
            name: 'Last used',
            cell: ({ lastUsedAt }) => <When at={lastUsedAt} />,
            value: ({ lastUsedAt }) => lastUsedAt,
          },
          {
            name: 'Do',
            cell: (token) =>
              stateOf(token) === 'good' && (
                <span className="buttons">
                  <button type="button" onClick={() => void renew(token.id)}>
                    Renew
                  </button>
                  <button type="button" onClick={() => void revoke(token.id)}>
                    End it
                  </button>
                </span>
              ),
            value: () => '',
          },
        ]}
      />
    </>
  )
}

const TAGS = { good: 'tag tag-good', ended: 'tag', expired: 'tag' } as const

function stateOf({ revokedAt, expiresAt }: Token): keyof typeof TAGS {
  if (revokedAt !== null) return 'ended'
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'good'
}

function TokenState({ token }: { token: Token }): ReactNode {
  const state = stateOf(token)
  return <span className={TAGS[state]}>{state}</span>
}
