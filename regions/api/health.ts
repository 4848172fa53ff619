import type { RegionHub } from '../region-hub.ts'
import { problem } from '../../shared/node/http.ts'
import type { RegionApp } from './region-app.ts'

/** Not ready while this much of FACTS is still to be folded: answers would be of the past. */
const BEHIND_MAX = 10_000

export function addHealth(app: RegionApp, hub: RegionHub): void {
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const behind = await hub.loop.behind()
    if (behind > BEHIND_MAX)
      return problem(c, 'not-ready', { detail: `${behind} messages of FACTS are still to be folded` })
    return c.json({
      status: 'ready',
      region: hub.region,
      epoch: hub.epoch,
      version: hub.writer.ledger.sequence,
    })
  })
  app.get('/metrics', async (c) => {
    const { ledger } = hub.writer
    const gauges: [name: string, help: string, value: number][] = [
      ['plimsoll_facts_applied', 'Facts that took effect', ledger.sequence],
      ['plimsoll_facts_duplicate', 'Facts that were known already, since the start', ledger.duplicates],
      ['plimsoll_facts_behind', 'Messages of FACTS that are not folded yet', await hub.loop.behind()],
      ['plimsoll_exceptions_open', 'Dead letters that wait for someone', hub.exceptions.countOpen()],
      ['plimsoll_edge_version', 'Version that the edge acknowledged', hub.publisher.version],
      ['plimsoll_edge_dirty_skus', 'Skus that wait to travel to the edge', hub.publisher.dirtySkus],
      ['plimsoll_edge_writes', 'Rows and shards written to the edge, since the start', hub.publisher.writes],
    ]
    const lines = gauges.flatMap(([name, help, value]) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} gauge`,
      `${name}{region="${hub.region}"} ${value}`,
    ])
    return c.text(`${lines.join('\n')}\n`)
  })
}
