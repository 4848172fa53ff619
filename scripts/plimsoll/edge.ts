import type { Command } from 'commander'
import { EdgeStatus } from '../../shared/contract/edge-api.ts'
import { askFor } from './ask.ts'
import { askRegions } from './ask-regions.ts'
import { type Installation, whereOf } from './installation.ts'
import { EXIT } from './outcome.ts'
import { ageOf, bad, good, print, tableOf } from './print.ts'
import { aRegion, type Common, working } from './working.ts'

const LOOK_EVERY_MS = 200

/** `plimsoll edge status | rebuild | pause | resume` */
export function addEdgeCommands(edge: Command): void {
  working(
    edge
      .command('status')
      .description('how far the edge has been told of each region; exits 1 when one is paused or failing')
      .option('--region <region>', 'only this one'),
    () => showEdge,
  )
  working<Common & { sku?: string[] }>(
    edge
      .command('rebuild')
      .description('sends a region’s shards anew, built from its ledger, and waits for the edge to have them')
      .option('--sku <sku...>', 'only the shards of these')
      .addOption(aRegion()),
    () => rebuildEdge,
  )
  for (const step of ['pause', 'resume'] as const) {
    const does =
      step === 'pause'
        ? 'pushes nothing until it is resumed: to the edge the region is silent, and edgeFallback applies'
        : 'pushes again: the newest figures of what changed meanwhile'
    working(
      edge.command(step).description(does).addOption(aRegion()),
      () => (installation, options, isJson) => takeStep(installation, step, options, isJson),
    )
  }
}

async function showEdge(
  installation: Installation,
  { region: named }: Common,
  isJson: boolean,
): Promise<number> {
  const told = await askRegions(installation, named, EdgeStatus, '/v1/edge')
  print(isJson, { regions: told }, () => [
    tableOf(
      ['region', 'version', 'acknowledged', 'waiting', 'held', 'events', 'writes', 'a push', 'rebuild', ''],
      told.map((it) => [
        it.region,
        it.version,
        `${ageOf(it.acknowledgedAt, Date.now())} ago`,
        it.dirtySkus,
        it.heldSkus,
        it.eventsIn,
        it.rowsOut,
        `${it.pushMs} ms`,
        it.rebuild && `${it.rebuild.done} of ${it.rebuild.shards}`,
        it.state === 'pushing' ? good(it.state) : bad(it.fault ?? it.state),
      ]),
    ),
  ])
  return told.every(({ state }) => state === 'pushing') ? EXIT.done : EXIT.found
}

async function rebuildEdge(
  installation: Installation,
  { region: named, sku: skus }: Common & { sku?: string[] },
  isJson: boolean,
): Promise<number> {
  const { region, url, key } = whereOf(installation, named)
  const json = skus === undefined ? {} : { skus }
  let status = await askFor(EdgeStatus, `${url}/v1/edge/rebuild`, key, { json })
  while (status.rebuild?.finishedAt === null && status.state === 'pushing') {
    if (process.stderr.isTTY)
      process.stderr.write(`\r${status.rebuild.done} of ${status.rebuild.shards} shards`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    status = await askFor(EdgeStatus, `${url}/v1/edge`, key)
  }
  if (process.stderr.isTTY) process.stderr.write('\n')
  const isDone = status.state === 'pushing'
  print(isJson, { region, ...status }, () => [
    isDone
      ? `${region}: the edge has all ${status.rebuild?.shards} shards as the ledger has them`
      : `${region}: ${status.rebuild?.done} of ${status.rebuild?.shards} shards; ${status.fault ?? 'pushes are paused'}; it goes on by itself when the edge takes pushes`,
  ])
  return isDone ? EXIT.done : EXIT.found
}

async function takeStep(
  installation: Installation,
  step: 'pause' | 'resume',
  { region: named }: Common,
  isJson: boolean,
): Promise<number> {
  const { region, url, key } = whereOf(installation, named)
  const status = await askFor(EdgeStatus, `${url}/v1/edge/${step}`, key, { method: 'POST' })
  print(isJson, { region, ...status }, () => [`${region}: ${status.state}, ${status.dirtySkus} skus wait`])
  return EXIT.done
}
