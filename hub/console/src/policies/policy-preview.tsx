import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { RegionPreview } from '../../../../shared/contract/governed-policy-api.ts'
import type { FigureChange, PolicyPreview } from '../../../../shared/contract/policy-bundle.ts'
import { Facts } from '../parts/facts.tsx'
import { Rows } from '../parts/rows.tsx'
import { countWords, manyWords, signedWords } from '../words/numbers.ts'

/** What would change for which skus, as each region computed it on its ledger of this moment. */
export function PreviewPanel({ regions }: { regions: readonly RegionPreview[] }): ReactNode {
  return (
    <section className="panel" aria-labelledby="preview">
      <h2 id="preview">What would change</h2>
      <p className="hint">Computed on the ledgers of this moment. Nothing is changed by looking.</p>
      {regions.map(({ region, preview, detail, errors }) => (
        <div className="act" key={region}>
          <h3 id={`preview-${region}`}>{region}</h3>
          {preview === null ? (
            <p className="trouble">
              {[detail, ...errors.map(({ path, message }) => `${path}: ${message}`)]
                .filter(Boolean)
                .join('; ')}
            </p>
          ) : (
            <Preview region={region} preview={preview} />
          )}
        </div>
      ))}
    </section>
  )
}

function Preview({ region, preview }: { region: string; preview: PolicyPreview }): ReactNode {
  const { skusInScope, skusLookedAt, skusChanged, tiersChanged, changes } = preview
  const isPart = skusLookedAt < skusInScope
  return (
    <>
      <p>
        {manyWords(skusChanged, 'sku')} of {countWords(skusLookedAt)} would have another figure
        {isPart && ` (${countWords(skusInScope)} are in its scope: the first were looked at)`}.
      </p>
      <Facts
        facts={[
          ['Units more to sell', countWords(preview.unitsGained)],
          ['Units fewer to sell', countWords(preview.unitsLost)],
          ['Would sell nothing any more', countWords(preview.soldOut)],
          ['Would sell again', countWords(preview.backInStock)],
          ...(tiersChanged > 0 ? [['Other tiers', countWords(tiersChanged)] as const] : []),
        ]}
      />
      {changes.length > 0 && (
        <Rows
          title={`The largest changes in ${region}`}
          labelledBy={`preview-${region}`}
          rows={changes}
          rowKey={({ sku, class: named }) => `${sku} ${named}`}
          columns={[
            {
              name: 'Sku',
              kind: 'code',
              cell: ({ sku }: FigureChange) => (
                <Link href={`/skus/${encodeURIComponent(sku)}?region=${region}`}>{sku}</Link>
              ),
            },
            { name: 'For', cell: (change) => change.class ?? 'anybody' },
            { name: 'Now', kind: 'number', cell: ({ before }) => countWords(before) },
            { name: 'Then', kind: 'number', cell: ({ after }) => countWords(after) },
            { name: 'Change', kind: 'number', cell: ({ before, after }) => signedWords(after - before) },
          ]}
        />
      )}
    </>
  )
}
