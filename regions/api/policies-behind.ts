import type { Explanation } from '../../shared/contract/availability-api.ts'
import { channelOf, demandClassOf } from '../../shared/domain/ids.ts'
import type { PolicyKind } from '../../shared/domain/policy.ts'
import type { Subject } from '../../shared/domain/policy-scope.ts'
import type { SkuFigures } from '../ledger/core/figures.ts'
import type { Ask, View } from './availability-view.ts'

/** The policies that went into a figure, each with the node or class it was asked for: those in force at that moment. */
export function policiesBehind({ books, now }: View, figures: SkuFigures, ask: Ask): Explanation['policies'] {
  const { sku, tier, nodes, inputs } = figures
  const found: Explanation['policies'] = []
  const add = (kind: PolicyKind, subject: Subject, appliedTo?: string): void => {
    const policy = books.master.policyFor(kind, subject, now)
    if (!policy) return
    const { version = 1, author, reason } = policy.body
    found.push({
      kind,
      scope: policy.scope,
      version,
      author,
      reason,
      ...(appliedTo === undefined ? {} : { appliedTo }),
    })
  }
  add('tier', { sku })
  add('tierRule', { sku })
  for (const { node, state } of nodes) {
    add('ownership', { node }, node)
    add('safetyStock', { sku, tier, node, channel: ask.channel }, node)
    if (state.source !== null) add('freshness', { source: state.source, node }, node)
  }
  const classes = new Set(inputs.demandByClass.keys())
  if (ask.channel !== undefined) classes.add(demandClassOf(ask.channel, ask.segment))
  for (const demandClass of [...classes].sort())
    add('depletion', { sku, tier, channel: channelOf(demandClass) }, demandClass)
  add('allocation', { sku, tier })
  add('atp', { sku, tier })
  add('edgeFallback', { sku, tier })
  return found
}
