import type { ReactNode } from 'react'
import type { FieldChange } from '../../../../shared/contract/governed-policy-api.ts'
import { Rows } from '../parts/rows.tsx'
import { valueWords } from './policy-words.ts'

/** What a version says otherwise than another one, field by field. */
export function FieldDiff({ title, diff }: { title: string; diff: readonly FieldChange[] }): ReactNode {
  return (
    <section className="panel" aria-labelledby="diff">
      <h2 id="diff">{title}</h2>
      {diff.length === 0 ? (
        <p className="soft">Nothing: they say the same.</p>
      ) : (
        <Rows
          title={title}
          labelledBy="diff"
          rows={diff}
          rowKey={({ path }) => path}
          columns={[
            { name: 'Field', kind: 'code', cell: ({ path }) => path },
            {
              name: 'Before',
              kind: 'prose',
              cell: ({ before }) => (before === null ? '–' : <del>{valueWords(before)}</del>),
            },
            {
              name: 'After',
              kind: 'prose',
              cell: ({ after }) => (after === null ? '–' : <ins>{valueWords(after)}</ins>),
            },
          ]}
        />
      )}
    </section>
  )
}
