import type { FigureChange, PolicyPreview, PreviewPolicies } from '../../shared/contract/policy-bundle.ts'
import { channelOf, type DemandClass } from '../../shared/domain/ids.ts'
import type { Policy } from '../../shared/domain/policy.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { figureOf } from '../../shared/snapshot/figure.ts'
import type { Books } from '../ledger/core/books.ts'
import { figuresOf } from '../ledger/core/figures.ts'
import { skusIn } from '../ledger/core/scope-skus.ts'
import { rulesOf, snapshotRowOf } from '../ledger/core/snapshot-row.ts'

/** So many skus are compared without letting anybody else in: some milliseconds. */
const AT_ONCE = 100
const CHANGES_MAX = 100
const CLASSES_MAX = 20

/**
 * What would change if policies were in force, on the ledger as it is. A hundred skus at a time are derived twice, and others
 * are served between; nothing of it stays.
 */
export async function previewPolicies(
  books: Books,
  now: () => Instant,
  version: () => number,
  { policies, classes: asked, skusMax }: PreviewPolicies,
): Promise<PolicyPreview> {
  const inScope = skusIn(books, new Set(policies.map(({ scope }) => scope)))
  // A kit sells what its components allow.
  books.kits.spread(inScope)
  const skus = [...inScope].filter((sku) => books.master.itemAt(sku) !== undefined)
  const looked = skus.slice(0, skusMax)
  const classes = [null, ...(asked ?? classesOf(books, policies))]
  const found = {
    version: version(),
    skusInScope: skus.length,
    skusLookedAt: looked.length,
    skusChanged: 0,
    tiersChanged: 0,
    unitsGained: 0,
    unitsLost: 0,
    soldOut: 0,
    backInStock: 0,
  }
  let changes: FigureChange[] = []
  for (let at = 0; at < looked.length; at += AT_ONCE) {
    const chunk = looked.slice(at, at + AT_ONCE)
    const moment = now()
    const before = derive(books, chunk, classes, moment)
    const after = books.master.supposing(policies, () => derive(books, chunk, classes, moment))
    for (const [i, was] of before.entries()) {
      const is = after[i]!
      const differing = was.figures.flatMap((figure, n) =>
        figure === is.figures[n]
          ? []
          : [{ sku: was.sku, class: classes[n]!, before: figure, after: is.figures[n]! }],
      )
      if (was.tier !== is.tier) found.tiersChanged++
      if (differing.length > 0 || was.tier !== is.tier) found.skusChanged++
      const general = is.figures[0]! - was.figures[0]!
      if (general > 0) found.unitsGained += general
      else found.unitsLost -= general
      if (was.figures[0]! > 0 && is.figures[0] === 0) found.soldOut++
      if (was.figures[0] === 0 && is.figures[0]! > 0) found.backInStock++
      changes.push(...differing)
    }
    if (changes.length > CHANGES_MAX * 10) changes = largest(changes)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { ...found, changes: largest(changes) }
}

type Derived = { readonly sku: string; readonly tier: string; readonly figures: readonly number[] }

function derive(
  books: Books,
  skus: readonly number[],
  classes: readonly (DemandClass | null)[],
  now: Instant,
): Derived[] {
  const rules = rulesOf(books, 0, now)
  return skus.map((sku) => {
    const figures = figuresOf(books, sku, now)
    const row = snapshotRowOf(figures)
    const figureFor = (it: DemandClass | null): number => {
      if (it === null) return figureOf(row, rules, {})
      const [channel, segment] = [channelOf(it), it.split('/')[1]]
      return figureOf(row, rules, { channel, segment })
    }
    return { sku: figures.sku, tier: figures.tier, figures: classes.map(figureFor) }
  })
}

/** Whose figures rules make different: those that the policies name, and those that are named already. */
function classesOf({ master }: Books, policies: readonly Policy[]): DemandClass[] {
  const found = new Set<DemandClass>()
  for (const { scope } of policies) {
    const channel = /(?:^|,)channel:([^,]+)/.exec(scope)?.[1]
    if (channel !== undefined) found.add(channel)
  }
  const standing = [...master.policiesOf('allocation')]
  for (const it of [...policies, ...standing])
    if (it.kind === 'allocation') for (const rule of it.body.rules) found.add(rule.class)
  for (const kind of ['safetyStock', 'depletion'] as const)
    for (const channel of master.channelsOf(kind)) found.add(channel)
  return [...found].slice(0, CLASSES_MAX)
}

const largest = (changes: readonly FigureChange[]): FigureChange[] =>
  [...changes]
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || (a.sku < b.sku ? -1 : 1))
    .slice(0, CHANGES_MAX)
