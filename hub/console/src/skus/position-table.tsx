import type { ReactNode } from 'react'
import { DataTable } from '../parts/data-table.tsx'
import { When } from '../parts/when.tsx'

const STATES = [
  'onHand',
  'damaged',
  'quarantined',
  'inTransit',
  'reserved',
  'allocated',
  'picked',
  'availableToSell',
] as const
type States = Readonly<Record<(typeof STATES)[number], number>>
const NAMES: Readonly<Record<keyof States, string>> = {
  onHand: 'On hand',
  damaged: 'Damaged',
  quarantined: 'Quarantined',
  inTransit: 'In transit',
  reserved: 'Reserved',
  allocated: 'Allocated',
  picked: 'Picked',
  availableToSell: 'To sell',
}

export type Positions = {
  readonly sku: string
  readonly nodes: readonly (States & {
    readonly node: string
    readonly asOf: string | null
    readonly freshness: string
    readonly lots?: readonly {
      readonly lot: string
      readonly onHand: number
      readonly damaged: number
      readonly quarantined: number
    }[]
    readonly observations?: readonly {
      readonly source: string
      readonly lot?: string
      readonly state: string
      readonly quantity: number
      readonly asOf: string
    }[]
  })[]
  readonly totals: States
}

/** Positions by node and state, with the sum; and beside them what others say of the same, and the lots. */
export function PositionTable({ positions: { sku, nodes, totals } }: { positions: Positions }): ReactNode {
  const rows = [
    ...nodes.map((node) => ({ ...node, name: node.node })),
    { ...totals, name: 'All nodes', asOf: null, freshness: '' },
  ]
  const observations = nodes.flatMap(({ node, observations = [], ...states }) =>
    observations.map((it) => ({
      node,
      ledger: (states as Record<string, unknown>)[it.state] as number,
      ...it,
    })),
  )
  const lots = nodes.flatMap(({ node, lots = [] }) => lots.map((lot) => ({ node, ...lot })))
  return (
    <>
      <DataTable
        title="Positions"
        rows={rows}
        rowKey={({ name }) => name}
        file={`positions-${sku}`}
        empty="No node has ever had it."
        columns={[
          { name: 'Node', cell: ({ name }) => name },
          ...STATES.map((state) => ({
            name: NAMES[state],
            kind: 'number' as const,
            cell: (row: States) => row[state].toLocaleString('en'),
            value: (row: States) => row[state],
          })),
          { name: 'Known', cell: ({ freshness }) => freshness || '–' },
          { name: 'Counted', cell: ({ asOf }) => <When at={asOf} />, value: ({ asOf }) => asOf },
        ]}
      />
      {observations.length > 0 && (
        <DataTable
          title="What others say"
          rows={observations}
          rowKey={({ node, source, state, lot = '' }) => `${node} ${source} ${state} ${lot}`}
          empty=""
          columns={[
            { name: 'Source', cell: ({ source }) => source },
            { name: 'Node', cell: ({ node }) => node },
            { name: 'State', cell: ({ state }) => state },
            { name: 'It says', kind: 'number', cell: ({ quantity }) => String(quantity) },
            { name: 'Ledger', kind: 'number', cell: ({ ledger }) => String(ledger) },
            { name: 'Its moment', cell: ({ asOf }) => <When at={asOf} /> },
          ]}
        />
      )}
      {lots.length > 0 && (
        <DataTable
          title="Lots"
          rows={lots}
          rowKey={({ node, lot }) => `${node} ${lot}`}
          empty=""
          columns={[
            { name: 'Lot', kind: 'code', cell: ({ lot }) => lot },
            { name: 'Node', cell: ({ node }) => node },
            { name: 'On hand', kind: 'number', cell: ({ onHand }) => String(onHand) },
            { name: 'Damaged', kind: 'number', cell: ({ damaged }) => String(damaged) },
            { name: 'Quarantined', kind: 'number', cell: ({ quarantined }) => String(quarantined) },
          ]}
        />
      )}
    </>
  )
}
