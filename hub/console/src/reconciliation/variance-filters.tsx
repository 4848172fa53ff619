import type { ReactNode } from 'react'
import type { VarianceClass, VarianceKind } from '../../../../shared/contract/variance-api.ts'
import { UrlSelect, UrlText } from '../parts/url-field.tsx'
import { CLASS_WORDS, STATE_WORDS } from './variance-words.ts'

const KINDS: readonly VarianceKind[] = [
  'count',
  'source',
  'edge',
  'transfer',
  'order',
  'master',
  'policy',
  'journal',
]
const CLASSES = Object.keys(CLASS_WORDS) as VarianceClass[]
const STATES = [
  ...Object.entries(STATE_WORDS).filter(([state]) => state !== 'open'),
  ['in-flight', 'still in flight'],
  ['any', 'any'],
] as [string, string][]

export function VarianceFilters({ regions }: { regions: readonly string[] }): ReactNode {
  return (
    <search className="filters" aria-label="Filter variances">
      <UrlSelect name="region" label="Region" options={regions} any="all" />
      <UrlSelect name="state" label="State" options={STATES} any="open" />
      <UrlSelect name="class" label="Class" options={CLASSES} />
      <UrlSelect name="kind" label="Kind" options={KINDS} />
      <UrlText name="source" label="Source" />
      <UrlText name="sku" label="Sku" />
      <UrlText name="owner" label="Owner (or none)" />
      <UrlText name="above" label="Value of at least" inputMode="decimal" />
      <UrlSelect
        name="sort"
        label="Order"
        any="worth most first"
        options={[
          ['oldest', 'oldest first'],
          ['updated', 'latest word first'],
        ]}
      />
    </search>
  )
}
