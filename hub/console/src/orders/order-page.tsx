import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type { OrderAnswer } from '../../../../shared/contract/order-api.ts'
import type { Problem } from '../../../../shared/contract/problem.ts'
import { regionPath } from '../api/region-path.ts'
import { send } from '../api/send.ts'
import { useAsked } from '../api/use-asked.ts'
import { DataTable } from '../parts/data-table.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { RegionChoice } from '../parts/region-choice.tsx'
import { Timeline } from '../parts/timeline.tsx'
import { When } from '../parts/when.tsx'
import { usePathParam } from '../shell/path-param.ts'
import { useRegion } from '../shell/where.ts'

const EVERY_MS = 2_000

export default function OrderPage(): ReactNode {
  const orderRef = usePathParam('orderRef')
  const [region] = useRegion()
  const key = encodeURIComponent(orderRef)
  const path = region === null ? null : regionPath(region, `/v1/orders/${key}`)
  const { data, problem, reload } = useAsked<OrderAnswer>(path, { everyMs: EVERY_MS })
  return (
    <>
      <PageHead
        title={orderRef}
        hint={data === null ? 'Order' : `Order of ${data.channel ?? 'no channel'}, ${data.status}`}
      >
        <RegionChoice />
      </PageHead>
      <ProblemNote problem={problem} />
      {data !== null && path !== null && (
        <>
          <DataTable
            title="Lines"
            rows={data.lines}
            rowKey={({ line, sku }) => `${line} ${sku}`}
            file={`order-${orderRef}`}
            empty="Nothing of it was ordered yet: it is a hold."
            columns={[
              { name: 'Line', cell: ({ line }) => line },
              {
                name: 'Sku',
                kind: 'code',
                cell: ({ sku }) => (
                  <Link href={`/skus/${encodeURIComponent(sku)}?region=${region}`}>{sku}</Link>
                ),
                value: ({ sku }) => sku,
              },
              { name: 'Ordered', kind: 'number', cell: ({ quantity }) => String(quantity) },
              { name: 'Picked', kind: 'number', cell: ({ picked }) => String(picked) },
              { name: 'Shipped', kind: 'number', cell: ({ shipped }) => String(shipped) },
              { name: 'Cancelled', kind: 'number', cell: ({ cancelled }) => String(cancelled) },
              {
                name: 'Served by',
                cell: ({ nodes, unassigned }) =>
                  [
                    ...nodes.map(({ node, quantity }) => `${quantity} by ${node}`),
                    ...(unassigned > 0 ? [`${unassigned} by nobody yet`] : []),
                  ].join(', '),
              },
            ]}
          />
          <Parts order={data} />
          <Acts path={path} order={data} onDone={reload} />
          {region !== null && (
            <Timeline region={region} question={`orderRef=${key}`} file={`timeline-${orderRef}`} />
          )}
        </>
      )}
    </>
  )
}

function Parts({ order: { parts } }: { order: OrderAnswer }): ReactNode {
  const rows = parts.flatMap(({ node, steps, next }) => [
    ...steps.map((step) => ({ node, ...step, at: step.at as string | null })),
    ...(next
      ? [
          {
            node,
            step: `to ${next.task}`,
            system: next.system,
            at: null,
            detail: next.error ?? (next.attempts === 0 ? 'next' : `tried ${next.attempts} times`),
          },
        ]
      : []),
  ])
  return (
    <DataTable
      title="Systems"
      rows={rows}
      rowKey={({ node, step, system }) => `${node} ${step} ${system}`}
      empty="No system has to be told of it."
      columns={[
        { name: 'Step', cell: ({ step }) => step },
        { name: 'System', cell: ({ system }) => system },
        { name: 'Node', cell: ({ node }) => node },
        { name: 'When', cell: ({ at }) => (at === null ? 'not yet' : <When at={at} />) },
        { name: 'Its number', kind: 'code', cell: (row) => ('number' in row ? (row.number ?? '–') : '–') },
        { name: 'Said', kind: 'prose', cell: ({ detail }) => detail ?? '' },
      ]}
    />
  )
}

function Acts({ path, order, onDone }: { path: string; order: OrderAnswer; onDone: () => void }): ReactNode {
  const [problem, setProblem] = useState<Problem | null>(null)
  const act = async (what: 'cancel' | 'resume') => {
    const answered = await send('POST', `${path}/${what}`)
    setProblem(answered.ok ? null : answered.problem)
    onDone()
  }
  const isOver = order.status === 'shipped' || order.status === 'cancelled'
  if (isOver) return null
  return (
    <div className="filters">
      {order.status === 'stuck' && (
        <button type="button" className="primary" onClick={() => void act('resume')}>
          Take it up again
        </button>
      )}
      <button type="button" onClick={() => void act('cancel')}>
        Cancel the order
      </button>
      <ProblemNote problem={problem} />
    </div>
  )
}
