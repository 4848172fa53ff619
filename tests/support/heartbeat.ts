import type { HeartbeatReport } from '../../shared/contract/reports.ts'

/** What a region that has nothing to tell says of itself. */
export const heartbeat = (more: Partial<HeartbeatReport> = {}): HeartbeatReport => ({
  kind: 'heartbeat',
  region: 'eu' as never,
  at: '2026-11-23T12:00:00.000Z',
  epoch: 1,
  journalSequence: 1,
  factsApplied: 1,
  factsDuplicate: 0,
  factsBehind: 0,
  exceptionsOpen: 0,
  skus: 1,
  edge: { version: 1, acknowledgedAt: null, dirtySkus: 0, eventsIn: 0, rowsOut: 1 },
  sources: [],
  stock: { short: [], shortCount: 0, thin: [] },
  systems: [],
  feeds: [],
  reconcileEveryMs: { A: 15_000, B: 60_000, C: 300_000 },
  reservedAgain: [],
  ...more,
})
