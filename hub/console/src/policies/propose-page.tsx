import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { GovernedPolicy } from '../../../../shared/contract/governed-policy-api.ts'
import { query } from '../api/query.ts'
import { useAsked } from '../api/use-asked.ts'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { UrlSelect, UrlText } from '../parts/url-field.tsx'
import { useWhere } from '../shell/where.ts'
import { KIND_NAMES, KINDS } from './policy-kinds.ts'
import { forWords } from './policy-words.ts'
import { ProposeForm } from './propose-form.tsx'

/** Enough to find the one in force behind proposals that came to nothing. */
const VERSIONS = 200

/** The next version of a policy: what it is about is in the address, what it says is written here and tried before it is said. */
export default function ProposePage(): ReactNode {
  const [params] = useSearchParams()
  const { regions } = useWhere()
  const kind = KIND_NAMES.find((it) => it === params.get('kind')) ?? null
  const scope = params.get('scope') || '*'
  const region = params.get('for') || '*'
  const { data, problem } = useAsked<{ versions: GovernedPolicy[] }>(
    kind && `/v1/policies/history${query({ region, kind, scope, limit: VERSIONS })}`,
  )
  const inForce = data?.versions.find(({ state }) => state === 'active') ?? null
  const waits = data?.versions.find(({ state }) => state === 'proposed') ?? null
  return (
    <>
      <PageHead
        title="Propose a policy"
        hint={kind === null ? 'A rule of the centre, for all regions or for one.' : KINDS[kind].says}
      >
        <Link href="/policies">Back to all policies</Link>
      </PageHead>
      <search className="filters" aria-label="What it is about">
        <UrlSelect name="kind" label="Kind" options={KIND_NAMES} any="which?" />
        <UrlText name="scope" label="Scope (or *)" />
        <UrlSelect name="for" label="For" options={regions} any="all regions" />
      </search>
      <ProblemNote problem={problem} />
      {kind === null && <p className="nothing">Choose its kind first: what it may say depends on it.</p>}
      {kind !== null && data !== null && (
        <>
          <p className="soft">
            {inForce === null
              ? 'Nothing is in force for exactly this: it would be the first version.'
              : `It begins as version ${inForce.version}, which is in force for ${forWords(inForce.region)}.`}
            {waits !== null && (
              <>
                {' '}
                <Link href={`/policies/${waits.id}`}>Version {waits.version} is proposed already</Link>.
              </>
            )}
          </p>
          <ProposeForm key={`${kind} ${inForce?.id}`} name={{ region, kind, scope }} inForce={inForce} />
        </>
      )}
    </>
  )
}
