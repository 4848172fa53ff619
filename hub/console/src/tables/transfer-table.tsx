import type { ReactNode } from 'react'
import type { Transfer } from '../../../../shared/contract/centre-api.ts'
import { ageWords } from '../words/ages.ts'
import { countWords } from '../words/numbers.ts'
import type { Column } from '../parts/rows.tsx'
import { LiveTable } from './live-table.tsx'

export function TransferTable({
  transfers,
  nowMs,
}: {
  transfers: readonly Transfer[]
  nowMs: number
}): ReactNode {
  const columns: [Column<Transfer>, ...Column<Transfer>[]] = [
    { name: 'Transfer', kind: 'code', cell: ({ transfer }) => transfer },
    { name: 'Sku', kind: 'code', cell: ({ sku }) => sku },
    {
      name: 'From',
      kind: 'code',
      cell: ({ fromRegion, fromNode }) => <Place region={fromRegion} node={fromNode} />,
    },
    { name: 'To', kind: 'code', cell: ({ toRegion, toNode }) => <Place region={toRegion} node={toNode} /> },
    { name: 'Shipped', kind: 'number', cell: ({ shipped }) => countWords(shipped) },
    { name: 'Received', kind: 'number', cell: ({ received }) => countWords(received) },
    { name: 'State', cell: ({ state }) => <span className={`tag transfer-${state}`}>{state}</span> },
    { name: 'Told', cell: ({ forwarded }) => TOLD[`${forwarded}`] },
    {
      name: 'Age',
      kind: 'number',
      cell: ({ shippedAt, receivedAt }) => {
        const since = shippedAt ?? receivedAt
        return since === null ? '–' : ageWords(nowMs - Date.parse(since))
      },
    },
  ]
  return (
    <LiveTable
      title="Transfers between regions"
      id="transfers"
      explains="Stock that left one region for another. Told: the region that receives has been told what is coming."
      rows={transfers}
      rowKey={({ transfer, sku, toNode }) => `${transfer}/${sku}/${toNode}`}
      columns={columns}
      openCount={transfers.length}
      empty="No transfer is under way: nothing has left one region for another."
    />
  )
}

const TOLD = { true: 'yes', false: 'not yet', null: 'no need' } as const

function Place({ region, node }: { region: string | null; node: string | null }): ReactNode {
  if (region === null && node === null) return 'not known'
  return [region ?? 'unknown region', node].filter((part) => part !== null).join(' / ')
}
