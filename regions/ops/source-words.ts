import type { SourceWord } from '../../shared/contract/reports.ts'
import type { NodeId, SourceId } from '../../shared/domain/ids.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import type { Books } from '../ledger/core/books.ts'
import { missingOf } from '../ledger/core/heard-sequence.ts'
import { type NodeCondition, RANK } from '../ledger/core/silence.ts'

const MISSING_MAX = 20

export type NodeWord = {
  readonly node: NodeId
  readonly condition: NodeCondition['condition']
  readonly heardAt: string
  readonly action: NodeCondition['step']['action']
}

/** How each source is heard of the nodes whose stock it keeps. */
export function nodeWords(books: Books, now: Instant): Map<string, NodeWord[]> {
  const nodesOf = new Map<string, NodeWord[]>()
  for (const { source, node, condition, heardAt, step } of books.silence.conditions(now)) {
    const nodes = nodesOf.get(source) ?? []
    nodes.push({ node: node as NodeId, condition, heardAt: formatInstant(heardAt), action: step.action })
    nodesOf.set(source, nodes)
  }
  return nodesOf
}

/** How far each source has spoken, and whether it still does. */
export function sourceWords(books: Books, nodesOf: ReadonlyMap<string, readonly NodeWord[]>): SourceWord[] {
  return [...books.master.all('source')].map(([source, { body }]) => {
    const word = books.silence.words.get(source)
    return {
      source: source as SourceId,
      role: body.role,
      facts: word?.facts ?? 0,
      lastFactAt: word ? formatInstant(word.lastFactAt) : null,
      highestSequence: word && word.highestSequence >= 0 ? word.highestSequence : null,
      missing: word ? missingOf(word.heard, MISSING_MAX) : [],
      heardAt: word && word.heardAt > 0 ? formatInstant(word.heardAt) : null,
      condition: (nodesOf.get(source) ?? []).reduce<NodeWord['condition']>(
        (worst, { condition }) => (RANK[condition] > RANK[worst] ? condition : worst),
        'fresh',
      ),
    }
  })
}
