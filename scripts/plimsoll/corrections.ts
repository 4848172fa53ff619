import { type Command, Option } from 'commander'
import * as z from 'zod'
import { CorrectionAnswer } from '../../shared/contract/correction-api.ts'
import { askFor } from './ask.ts'
import { type Installation, whereOf } from './installation.ts'
import { CommandRefusal, EXIT } from './outcome.ts'
import { ageOf, print, tableOf } from './print.ts'
import { aRegion, type Common, working } from './working.ts'

const Page = z.object({ corrections: z.array(CorrectionAnswer), waiting: z.number().int() })

type Proposing = Common & {
  readonly sku: string
  readonly node: string
  readonly lot?: string
  readonly state: string
  readonly delta: string
  readonly reason: string
  readonly author: string
}
type Deciding = Common & { readonly author: string; readonly reason?: string }

/** `plimsoll corrections list | propose | approve | reject` */
export function addCorrectionCommands(corrections: Command): void {
  working<Common & { status: string; limit: string }>(
    corrections
      .command('list')
      .description('the latest; exits 1 when any waits for a second person')
      .addOption(aRegion())
      .addOption(
        new Option('--status <status>', 'which')
          .choices(['waiting', 'applied', 'rejected', 'all'])
          .default('waiting'),
      )
      .option('--limit <n>', 'at most so many', '20'),
    () => listCorrections,
  )
  working<Proposing>(
    corrections
      .command('propose')
      .description('corrects a position; exits 1 when it has to wait for a second person')
      .requiredOption('--sku <sku>', 'the item')
      .requiredOption('--node <node>', 'where it lies')
      .option('--lot <lot>', 'the lot, where there are any')
      .addOption(
        new Option('--state <state>', 'what of it')
          .choices(['onHand', 'damaged', 'quarantined'])
          .default('onHand'),
      )
      .requiredOption('--delta <units>', 'so many base units more (3) or less (-3)')
      .requiredOption('--reason <text>', 'why')
      .requiredOption('--author <name>', 'who says so')
      .addOption(aRegion()),
    () => propose,
  )
  for (const step of ['approve', 'reject'] as const) {
    const does = step === 'approve' ? 'lets one count, as a second person' : 'ends one without effect'
    const command = corrections
      .command(step)
      .argument('<id>')
      .description(does)
      .requiredOption('--author <name>', 'who decides')
      .option('--reason <text>', 'why')
      .addOption(aRegion())
    working<Deciding>(
      command,
      (id) => (installation, options, isJson) => decide(installation, step, id!, options, isJson),
    )
  }
}

async function listCorrections(
  installation: Installation,
  { region: named, status, limit }: Common & { status: string; limit: string },
  isJson: boolean,
): Promise<number> {
  const { url, key } = whereOf(installation, named)
  const query = new URLSearchParams({ limit, ...(status === 'all' ? {} : { status }) })
  const page = await askFor(Page, `${url}/v1/corrections?${query}`, key)
  print(isJson, page, () => [
    tableOf(
      ['id', 'age', 'status', 'sku', 'node', 'state', 'delta', 'author', 'decided by', 'reason'],
      page.corrections.map((one) => [
        one.id,
        ageOf(one.proposedAt, Date.now()),
        one.status,
        one.sku,
        one.lot === undefined ? one.node : `${one.node}/${one.lot}`,
        one.state,
        one.delta,
        one.author,
        one.decision?.author,
        one.reason,
      ]),
    ),
    `${page.waiting} waiting`,
  ])
  return page.waiting > 0 ? EXIT.found : EXIT.done
}

async function propose(
  installation: Installation,
  { region: named, sku, node, lot, state, delta, reason, author }: Proposing,
  isJson: boolean,
): Promise<number> {
  if (!/^[+-]?\d{1,13}$/.test(delta))
    throw new CommandRefusal(`--delta ${delta} is not a whole number of base units`, EXIT.usage)
  const { url, key } = whereOf(installation, named)
  const json = {
    sku,
    node,
    ...(lot === undefined ? {} : { lot }),
    state,
    delta: Number(delta),
    reason,
    author,
  }
  const correction = await askFor(CorrectionAnswer, `${url}/v1/corrections`, key, { json })
  const isWaiting = correction.status === 'waiting'
  print(isJson, correction, () => [
    isWaiting
      ? `${correction.id} waits for a second person: above ${correction.limit.units} units nobody corrects alone`
      : `${correction.id} counts`,
  ])
  return isWaiting ? EXIT.found : EXIT.done
}

async function decide(
  installation: Installation,
  step: 'approve' | 'reject',
  id: string,
  { region: named, author, reason }: Deciding,
  isJson: boolean,
): Promise<number> {
  const { url, key } = whereOf(installation, named)
  const json = { author, ...(reason === undefined ? {} : { reason }) }
  const path = `/v1/corrections/${encodeURIComponent(id)}/${step}`
  const correction = await askFor(CorrectionAnswer, `${url}${path}`, key, { json })
  print(isJson, correction, () => [`${id}: ${correction.status}`])
  return EXIT.done
}
