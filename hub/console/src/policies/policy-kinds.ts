import type { PolicyKind } from '../../../../shared/domain/policy.ts'

type KindWords = {
  /** What a rule of this kind says. */
  readonly says: string
  /** One that may be proposed as it stands: something to begin with. */
  readonly example: Readonly<Record<string, unknown>>
}

/** What each kind is for; docs/reference/policies.md has the whole of it. */
export const KINDS: Readonly<Record<PolicyKind, KindWords>> = {
  allocation: {
    says: 'How the pool is shared among channels and their segments.',
    example: { rules: [{ class: 'amazon', cap: 50, buffer: 2, minPublish: 3 }] },
  },
  atp: {
    says: 'How far ahead is promised, and how much of an expected receipt is relied on.',
    example: { horizonDays: 30, receiptConfidencePercent: 80 },
  },
  correctionLimit: { says: 'Up to how many units one person may correct.', example: { units: 20 } },
  depletion: { says: 'When demand lowers what may be sold.', example: { mode: 'reservation' } },
  edgeFallback: {
    says: 'What the edge does when the region is silent.',
    example: { afterMs: 30_000, action: 'buffer', percent: 10 },
  },
  freshness: {
    says: 'When a silent source is late and down, and what becomes of its stock.',
    example: {
      maxSilenceMs: 60_000,
      downAfterMs: 600_000,
      late: { action: 'buffer', percent: 20 },
      down: { action: 'exclude' },
    },
  },
  hold: {
    says: 'How long holds last, and what share of the sellable they may have.',
    example: { ttlSeconds: 900, ttlSecondsMax: 604_800, sharePercent: 33 },
  },
  matching: {
    says: 'How long one side of a two-sided story may wait for the other.',
    example: { afterMs: 86_400_000 },
  },
  ownership: { says: 'Whose word counts on a node’s states.', example: { onHand: 'wms-ber1' } },
  safetyStock: {
    says: 'How much of a node’s sellable stock is held back: units, or percent.',
    example: { percent: 10 },
  },
  sourcing: {
    says: 'By what an order’s lines are given to nodes, the first that tells them apart.',
    example: { by: ['fewestSplits', 'mostStock'] },
  },
  tier: { says: 'An item’s tier, whatever the item itself says.', example: { tier: 'A' } },
  tierRule: {
    says: 'Moves an item to A or C by how fast it sells and how long it lasts.',
    example: { velocityDays: 7, a: { coverDaysMax: 5, unitsPerDayMin: 200 }, c: { unitsPerDayMax: 1 } },
  },
  tierSettings: {
    says: 'A tier’s window, freshness, band and reconciliation.',
    example: { windowMs: 250, freshForMs: 5_000, band: 0, reconcileEveryMs: 60_000 },
  },
  tolerance: {
    says: 'By how much a count may differ from the ledger without being a variance.',
    example: { percent: 2 },
  },
}

export const KIND_NAMES = Object.keys(KINDS) as PolicyKind[]
