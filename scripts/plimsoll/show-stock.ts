import * as z from 'zod'
import { AvailabilityAnswer } from '../../shared/contract/availability-api.ts'
import { ask, askFor, problemLine } from './ask.ts'
import { type Installation, regionNamed } from './installation.ts'
import { CommandRefusal, EXIT } from './outcome.ts'
import { bad, good, print, tableOf } from './print.ts'

export type Which = { readonly sku: string; readonly region?: string; readonly channel?: string }

/** A channel's figure as the edge has it beside the region's own. Exits 1 when one of the two can't tell. */
export async function showAvailability(
  installation: Installation,
  which: Which,
  isJson: boolean,
): Promise<number> {
  const { keys, edgeUrl, regionUrls } = installation
  const region = regionNamed(installation, which.region)
  const channel = which.channel ?? Object.keys(keys.edge)[0]!
  const edgeKey = keys.edge[channel]
  if (edgeKey === undefined)
    throw new CommandRefusal(
      `no channel ${channel} here; there is ${Object.keys(keys.edge).join(', ')}`,
      EXIT.usage,
    )
  const path = `/v1/availability/${encodeURIComponent(which.sku)}`
  const [edge, own] = await Promise.all([
    figure(`${edgeUrl}${path}?region=${region}`, edgeKey),
    figure(`${regionUrls[region]}${path}?channel=${encodeURIComponent(channel)}`, keys.region[region]!),
  ])
  print(isJson, { sku: which.sku, region, channel, edge, own }, () => [
    `${which.sku} for ${channel} in ${region}`,
    tableOf(
      ['', 'available', 'version', 'as of', 'age', 'freshness'],
      [
        ['edge', ...row(edge)],
        ['region', ...row(own)],
      ],
    ),
  ])
  return 'error' in edge || 'error' in own ? EXIT.found : EXIT.done
}

type Figure = AvailabilityAnswer | { readonly error: string }

async function figure(url: string, key: string): Promise<Figure> {
  try {
    const { status, body } = await ask(url, key)
    return status === 200 ? AvailabilityAnswer.parse(body) : { error: problemLine(status, body) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

const row = (figure: Figure): unknown[] =>
  'error' in figure
    ? [bad(figure.error)]
    : [
        figure.availableToSell,
        figure.version,
        figure.asOf,
        `${figure.age} ms`,
        figure.freshness === 'fresh' ? good(figure.freshness) : bad(figure.freshness),
      ]

const States = z.looseObject({
  onHand: z.number(),
  damaged: z.number(),
  quarantined: z.number(),
  inTransit: z.number(),
  reserved: z.number(),
  allocated: z.number(),
  picked: z.number(),
  availableToSell: z.number(),
})
const Positions = z.looseObject({
  sku: z.string(),
  nodes: z.array(States.extend({ node: z.string() })),
  totals: States,
})

/** Every state of a sku, node by node. */
export async function showPositions(
  installation: Installation,
  which: Which,
  isJson: boolean,
): Promise<number> {
  const region = regionNamed(installation, which.region)
  const url = `${installation.regionUrls[region]}/v1/positions/${encodeURIComponent(which.sku)}`
  const positions = await askFor(Positions, url, installation.keys.region[region]!)
  const columns = Object.keys(States.shape)
  const cells = (states: z.infer<typeof States>): unknown[] => columns.map((name) => states[name])
  print(isJson, positions, () => [
    tableOf(
      ['node', ...columns],
      [...positions.nodes.map((node) => [node.node, ...cells(node)]), ['all', ...cells(positions.totals)]],
    ),
  ])
  return EXIT.done
}
