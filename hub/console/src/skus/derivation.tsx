import type { ReactNode } from 'react'
import type { Explanation, RegionAvailabilityAnswer } from '../../../../shared/contract/availability-api.ts'
import { Facts } from '../parts/facts.tsx'

/** The tree behind a figure, from the shelves up: each step says what it takes from the one below. */
export function Derivation({
  sku,
  answer: { availableToPromise },
  explanation: it,
}: {
  sku: string
  answer: RegionAvailabilityAnswer
  explanation: Explanation
}): ReactNode {
  return (
    <div className="derivation">
      {it.nodes.map((node) => (
        <NodeStep key={node.node} node={node} isOpen={it.nodes.length <= 3} />
      ))}
      <Facts
        facts={[
          ['Gross of all nodes', it.gross],
          ['Demand of no node yet', it.demandUnassigned],
          ['Demand by kits', it.demandByKits],
          ['Pool', it.pool],
        ]}
      />
      {it.class !== null && (
        <Facts
          facts={[
            [`${it.class.class} may sell`, it.class.availableToSell],
            ['Its own fence', it.class.fence],
            ['Used of it', it.class.used],
            ['Left of what all share', it.class.sharedLeft],
            ['Capped at', it.class.cappedAt],
            ['Buffer', it.class.buffer],
            ['Published from', it.class.minPublish],
          ]}
        />
      )}
      {it.kit && (
        <Facts
          facts={it.kit.map((part) => [
            `${part.quantity} × ${part.sku}`,
            `${part.availableToSell} to sell, enough for ${part.kits}`,
          ])}
        />
      )}
      <Behind sku={sku} explanation={it} />
      {availableToPromise.length > 1 && (
        <Facts
          facts={availableToPromise.map(({ date, quantity }) => [`To promise from ${date}`, quantity])}
        />
      )}
    </div>
  )
}

function NodeStep({ node, isOpen }: { node: Explanation['nodes'][number]; isOpen: boolean }): ReactNode {
  return (
    <details open={isOpen}>
      <summary>
        {node.node}: {node.availableToSell}
        {!node.sells && ', does not sell'}
        {node.isExcluded && `, left out: ${node.source} is ${node.condition}`}
      </summary>
      <p className="soft">
        {node.onHand} on hand − {node.damaged} damaged − {node.quarantined} quarantined = {node.sellable}{' '}
        sellable; − {node.demand} demand − {node.safetyStock} safety stock
        {node.heldBack > 0 && ` − ${node.heldBack} held back (${node.source} is ${node.condition})`}
      </p>
      <Facts
        facts={node.counts.map(({ state, source, asOf, lot }) => [
          `${state}${lot === undefined ? '' : `, lot ${lot}`} stands on`,
          `a count by ${source} as of ${asOf}`,
        ])}
        none="It stands on no count: all that was ever heard is added up."
      />
    </details>
  )
}

function Behind({ sku, explanation: it }: { sku: string; explanation: Explanation }): ReactNode {
  return (
    <>
      {it.policies.length > 0 && (
        <details>
          <summary>Policies that went in ({it.policies.length})</summary>
          <ul>
            {it.policies.map(({ kind, scope, version, author, reason, appliedTo }) => (
              <li key={`${kind} ${scope} ${appliedTo}`}>
                {kind} for {scope}, version {version}, by {author}: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      {it.supply.length > 0 && (
        <details>
          <summary>Still to come ({it.supply.length})</summary>
          <ul>
            {it.supply.map(({ ref, node, quantity, at, standing }) => (
              <li key={`${ref} ${node}`}>
                {quantity} of {sku} to {node} by {ref}, {at ?? 'no day said'}: {standing}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}
